#include "packages/thin_initramfs.h"

#include <sys/mount.h>

#include "base/file.h"
#include "base/util.h"
#include "packages/chroot.h"
#include "packages/thin.h"
#include "packages/timing.h"

#define SECONDS     3600
#define MKINITRAMFS "/usr/sbin/mkinitramfs"
#define OURS        "/var/cache/xenith/mkinitramfs"
#define TRUE_DIR    "/var/cache/xenith/modules"
#define DONE        "/var/cache/xenith/initramfs-done"

/* mkinitramfs sets a PATH of its own, but a function of the shell comes before any program. Most of what gzip
 * gets is compressed already: a level that a user's settings ask for still comes behind ours. */
static const char functions[] =
	"\n"
	"gzip() {\n"
	"	command gzip -1 \"$@\"\n"
	"}\n"
	"depmod() {\n"
	"	command depmod \"$@\" || return\n"
	"	[ \"$*\" = \"-a -b $DESTDIR $version\" ] || return 0\n"
	"	(cd \"$DESTDIR/lib/modules/$version\" && find . -name '*.ko.xz' -print0) |\n"
	"		(cd " TRUE_DIR " && xargs -0r cp -p --parents --remove-destination \\\n"
	"			-t \"$DESTDIR/lib/modules/$version\") || exit 1\n"
	"	: >" DONE "\n"
	"}\n";

/* Paths below the root. */
struct thin_mounts {
	char *thin, *modules;
};

/* mkinitramfs with the functions behind its first line. */
static int write_ours(const char *root, struct door *door)
{
	auto_free char *from = path_join(root, MKINITRAMFS);
	auto_free char *to = path_join(root, OURS);
	auto_buf text = { 0 };
	auto_buf out = { 0 };
	struct err err = { 0 };
	const char *rest;

	if (file_read(from, &text, &err) || !str_starts(buf_str(&text), "#!/bin/sh"))
		return -1;
	rest = strchr(text.data, '\n');
	if (!rest || !strstr(rest, "\ndepmod -a -b \"${DESTDIR}\" \"${version}\"\n"))
		return -1;
	buf_add(&out, text.data, (size_t)(rest - text.data));
	buf_adds(&out, functions);
	buf_adds(&out, rest + 1);
	return door_write(door, to, out.data, out.len, 0755, &err);
}

static int mount_thin(void *arg)
{
	const struct thin_mounts *m = arg;

	if (mount(m->modules, TRUE_DIR, NULL, MS_BIND, NULL) ||
	    mount(m->thin, m->modules, NULL, MS_BIND, NULL) || mount(OURS, MKINITRAMFS, NULL, MS_BIND, NULL))
		return -1;
	return chroot_skip_syncs(NULL);
}

static bool build(const char *root, const char *version, struct thin_mounts *m, struct door *door,
		  struct pkg_progress *progress)
{
	struct phase phase = phase_begin(progress, "initramfs");
	auto_run run = { .chroot = root, .timeout_s = SECONDS, .own_mounts = true };
	auto_free char *done = path_join(root, DONE);
	struct err err = { 0 };

	unlink(done);
	argv_addl(&run.argv, "update-initramfs", "-c", "-k", version, NULL);
	chroot_run_setup(&run);
	run.in_child = mount_thin;
	run.arg = m;
	if (door_run(door, &run, &err)) {
		log_printf(door->log, "initramfs from thin modules: %s", err.msg);
		return false;
	}
	phase_end_cpu(&phase, run.cpu_ms);
	return file_exists(done);
}

bool thin_initramfs(const char *root, const char *version, struct door *door, struct pkg_progress *progress)
{
	auto_free char *thin = xasprintf("/" THIN_DIR "/lib/modules/%s", version);
	auto_free char *modules = xasprintf("/usr/lib/modules/%s", version);
	auto_free char *there = path_join(root, thin);
	auto_free char *folder = path_join(root, TRUE_DIR);
	struct thin_mounts m = { .thin = thin, .modules = modules };
	struct err err = { 0 };

	return !door->record && file_exists(there) && !door_mkdirs(door, folder, 0755, &err) &&
	       !write_ours(root, door) && build(root, version, &m, door, progress);
}
