#include <errno.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/util.h"
#include "packages/chroot.h"
#include "packages/preinst.h"

#define PREINST_SECONDS 1800
#define TMP_CI          "var/lib/dpkg/tmp.ci"

struct preinst {
	const char *dir, *name, *arch;
	char *folder; /* tmp.ci */
};

/* A control file of the package in dpkg's database; NULL if it has none. free(3). */
static char *info_path(const struct preinst *p, const char *kind)
{
	auto_free char *path = xasprintf("%s/var/lib/dpkg/info/%s.%s", p->dir, p->name, kind);

	if (file_exists(path))
		return TAKE(path);
	free(path);
	path = xasprintf("%s/var/lib/dpkg/info/%s:%s.%s", p->dir, p->name, p->arch, kind);
	return file_exists(path) ? TAKE(path) : NULL;
}

static int make_folder(void *arg, struct err *err)
{
	static const char *const kinds[] = { "preinst", "config", "templates" };
	const struct preinst *p = arg;
	auto_free char *control = path_join(p->folder, "control");
	auto_free char *text = xasprintf("Package: %s\nArchitecture: %s\n", p->name, p->arch);
	int r = file_write(control, text, strlen(text), 0644, err);

	for (size_t i = 0; i < ARRAY_SIZE(kinds) && !r; i++) {
		auto_free char *from = info_path(p, kinds[i]);
		auto_free char *to = path_join(p->folder, kinds[i]);

		if (from && link(from, to))
			r = err_sys(err, "cannot link %s to %s", to, from);
	}
	return r;
}

static int remove_folder(void *arg, struct err *err)
{
	return file_remove_tree(arg, err);
}

static int run_script(const struct preinst *p, struct door *door, struct err *err)
{
	auto_run run = { .chroot = p->dir, .timeout_s = PREINST_SECONDS };
	auto_argv env = { 0 };

	argv_addl(&run.argv, "/" TMP_CI "/preinst", "install", NULL);
	chroot_run_setup(&run);
	argv_addv(&env, run.env);
	argv_addf(&env, "DPKG_MAINTSCRIPT_PACKAGE=%s", p->name);
	argv_addf(&env, "DPKG_MAINTSCRIPT_ARCH=%s", p->arch);
	argv_addl(&env, "DPKG_MAINTSCRIPT_NAME=preinst", "DPKG_MAINTSCRIPT_PACKAGE_REFCOUNT=1",
		  "DPKG_RUNNING_VERSION=1.22.0", NULL);
	run.env = env.v;
	return door_run(door, &run, err);
}

int preinst_run(const char *dir, const char *name, const char *arch, struct door *door, struct err *err)
{
	struct preinst p = { .dir = dir, .name = name, .arch = arch };
	auto_free char *folder = path_join(dir, TMP_CI);
	auto_free char *make = xasprintf("preinst of %s", name);
	auto_free char *undo = xasprintf("remove %s", folder);
	int r;

	p.folder = folder;
	r = door_call(door, make, make_folder, &p, err);
	if (!r)
		r = run_script(&p, door, err);
	door_call(door, undo, remove_folder, folder, NULL);
	if (!r)
		return 0;
	err_about(err, ERR_PKG_SCRIPT, false);
	return err_wrap(err, "package %s", name);
}
