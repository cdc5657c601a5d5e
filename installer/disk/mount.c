/* The target's file systems: mounted below a folder, and named in its fstab. */
#include <blkid.h>
#include <errno.h>
#include <sys/mount.h>

#include "base/file.h"
#include "base/util.h"
#include "installer/disk/apply.h"
#include "installer/disk/plan.h"

#define BUSY_TRIES 25
#define BUSY_US    200000

/* free(3). */
static char *device_of(const struct disk_plan *plan, const struct disk_mount *m)
{
	return m->device ? xstrdup(m->device) : disk_part_path(plan->disks[m->disk].disk->path, m->part);
}

/* fstab's options apply from the first boot on: noexec or ro would stop the install itself. */
int disk_mount(const struct disk_plan *plan, const char *dir, struct door *door, struct err *err)
{
	int r = 0;

	for (size_t i = 0; !r && i < plan->n_mounts; i++) {
		const struct disk_mount *m = &plan->mounts[i];
		auto_free char *device = device_of(plan, m);
		auto_free char *target =
			str_eq(m->mntpoint, "/") ? xstrdup(dir) : path_join(dir, m->mntpoint);

		if (!str_eq(m->mntpoint, "none"))
			r = door_mount(door, device, target, m->fstype, 0, NULL, err);
	}
	return r;
}

int disk_umount_busy(const char *target, int flags, struct err *err)
{
	for (int i = 0; umount2(target, flags); i++) {
		if (errno == EINVAL || errno == ENOENT)
			return 0;
		if (errno != EBUSY || i == BUSY_TRIES)
			return err_sys(err, "cannot unmount %s", target);
		usleep(BUSY_US);
	}
	return 0;
}

/* Later mounts stand above earlier ones: from the end, over what is really mounted now. */
static int umount_fn(void *arg, struct err *err)
{
	auto_free char *dir = realpath(arg, NULL);
	auto_buf b = { 0 };
	auto_argv lines = { 0 };
	int r;

	if (!dir)
		return errno == ENOENT ? 0 : err_sys(err, "cannot look at %s", (const char *)arg);
	if (str_eq(dir, "/"))
		return err_set(err, ERR_USAGE, "/ is not unmounted here");
	r = file_read("/proc/self/mountinfo", &b, err);
	sync();
	argv_split(&lines, buf_str(&b), "\n");
	for (size_t i = lines.n; !r && i-- > 0;) {
		auto_argv words = { 0 };

		argv_split(&words, lines.v[i], " ");
		if (words.n < 5)
			continue;
		disk_proc_unescape(words.v[4]);
		if (disk_path_below(words.v[4], dir))
			r = disk_umount_busy(words.v[4], UMOUNT_NOFOLLOW, err);
	}
	return r;
}

int disk_umount(const struct disk_plan *plan, const char *dir, struct door *door, struct err *err)
{
	auto_free char *what = xasprintf("unmount everything below %s", dir);
	auto_free char *arg = xstrdup(dir);

	(void)plan;
	return door_call(door, what, umount_fn, arg, err);
}

static int uuid_of(const char *device, char **ret, struct err *err)
{
	blkid_probe pr = blkid_new_probe_from_filename(device);
	const char *uuid = NULL;
	int r = 0;

	if (!pr)
		return err_sys(err, "cannot open %s to read its UUID", device);
	blkid_probe_enable_superblocks(pr, 1);
	blkid_probe_set_superblocks_flags(pr, BLKID_SUBLKS_UUID | BLKID_SUBLKS_TYPE);
	if (blkid_do_safeprobe(pr) || blkid_probe_lookup_value(pr, "UUID", &uuid, NULL))
		r = err_set(err, ERR_SYS, "%s has no file system with a UUID", device);
	else
		*ret = xstrdup(uuid);
	blkid_free_probe(pr);
	return r;
}

/* What names a mount's device in fstab and behind root=: LVs by their own name, partitions by UUID. */
static int spec_of(const struct disk_plan *plan, const struct disk_mount *m, char **ret, struct err *err)
{
	auto_free char *device = device_of(plan, m);
	auto_free char *uuid = NULL;
	int r;

	if (m->device) {
		*ret = TAKE(device);
		return 0;
	}
	r = uuid_of(device, &uuid, err);
	if (!r)
		*ret = xasprintf("UUID=%s", uuid);
	return r;
}

int disk_fstab(const struct disk_plan *plan, struct buf *b, struct err *err)
{
	auto_buf text = { 0 };

	buf_adds(&text, "# <device> <mount point> <type> <options> <dump> <pass>\n");
	for (size_t i = 0; i < plan->n_mounts; i++) {
		const struct disk_mount *m = &plan->mounts[i];
		const struct disk_type *type = disk_type_find(m->fstype);
		auto_free char *spec = NULL;
		int r = spec_of(plan, m, &spec, err);

		if (r)
			return r;
		buf_addf(&text, "%s\t%s\t%s\t%s\t0\t%u\n", spec, m->mntpoint, m->fstype, m->options,
			 str_eq(m->mntpoint, "/") && type->check_root ? 1 : type->pass);
	}
	buf_add(b, text.data, text.len);
	return 0;
}

int disk_root_arg(const struct disk_plan *plan, char **ret, struct err *err)
{
	return spec_of(plan, &plan->mounts[0], ret, err);
}
