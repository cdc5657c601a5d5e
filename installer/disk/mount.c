/* The target's file systems, mounted below a folder. */
#include <errno.h>
#include <sys/mount.h>

#include "base/file.h"
#include "base/util.h"
#include "installer/disk/apply.h"
#include "installer/disk/plan.h"

#define BUSY_TRIES 25
#define BUSY_US    200000

/* No udev rule tells the kernel here which devices a btrfs has. */
char *disk_mount_data(const struct disk_plan *plan, const struct disk_dev *dev, const char *subvol)
{
	const struct disk_btrfs_plan *b = disk_btrfs_of(plan, dev);
	auto_buf data = { 0 };

	if (subvol)
		buf_addf(&data, "subvol=%s", subvol);
	for (size_t i = 0; b && b->n_devs > 1 && i < b->n_devs; i++) {
		auto_free char *path = disk_dev_path(plan, &b->devs[i]);

		buf_addf(&data, "%sdevice=%s", data.len ? "," : "", path);
	}
	return data.len ? buf_take(&data) : NULL;
}

/* fstab's options apply from the first boot on: noexec or ro would stop the install itself. */
int disk_mount(const struct disk_plan *plan, const char *dir, struct door *door, struct err *err)
{
	int r = 0;

	for (size_t i = 0; !r && i < plan->n_mounts; i++) {
		const struct disk_mount *m = &plan->mounts[i];
		auto_free char *device = disk_dev_path(plan, &m->dev);
		auto_free char *target =
			str_eq(m->mntpoint, "/") ? xstrdup(dir) : path_join(dir, m->mntpoint);

		auto_free char *data = disk_mount_data(plan, &m->dev, m->subvol);

		if (!str_eq(m->mntpoint, "none"))
			r = door_mount(door, device, target, m->fstype, 0, data, err);
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
