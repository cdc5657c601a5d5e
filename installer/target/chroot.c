#include "installer/target/chroot.h"

#include <stdarg.h>

#include "base/util.h"

char *const chroot_env[] = {
	(char *)"PATH=/usr/sbin:/usr/bin:/sbin:/bin",
	(char *)"HOME=/root",
	(char *)"TERM=linux",
	(char *)"LC_ALL=C.UTF-8",
	(char *)"DEBIAN_FRONTEND=noninteractive",
	NULL,
};

int chroot_run(struct door *door, const char *root, struct run *run, struct err *err)
{
	run->chroot = root;
	if (!run->env)
		run->env = chroot_env;
	return door_run(door, run, err);
}

int chroot_runl(struct door *door, const char *root, struct err *err, ...)
{
	auto_run run = { 0 };
	va_list ap;

	va_start(ap, err);
	argv_vaddl(&run.argv, ap);
	va_end(ap);
	return chroot_run(door, root, &run, err);
}
