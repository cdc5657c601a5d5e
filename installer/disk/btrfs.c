/* btrfs over several devices; its subvolumes are made by the kernel's own call. */
#include "installer/disk/apply.h"

#include <fcntl.h>
#include <linux/btrfs.h>
#include <sys/ioctl.h>
#include <sys/mount.h>

#include "base/file.h"
#include "base/util.h"
#include "installer/disk/plan.h"

static int mkfs(const struct disk_plan *plan, const struct disk_btrfs_plan *b, struct door *door,
		struct err *err)
{
	auto_run run = { 0 };

	argv_addl(&run.argv, "mkfs.btrfs", "-f", "-q", NULL);
	if (b->label)
		argv_addl(&run.argv, "-L", b->label, NULL);
	if (b->data)
		argv_addl(&run.argv, "-d", b->data, NULL);
	if (b->metadata)
		argv_addl(&run.argv, "-m", b->metadata, NULL);
	if (b->mkfsoptions)
		argv_split(&run.argv, b->mkfsoptions, " \t");
	for (size_t i = 0; i < b->n_devs; i++) {
		auto_free char *path = disk_dev_path(plan, &b->devs[i]);

		argv_add(&run.argv, path);
	}
	return door_run(door, &run, err);
}

struct subvols {
	const struct disk_btrfs_plan *b;
	const char *device, *options;
};

/* "a/b": b in the subvolume or folder a. */
static int subvol_make(const char *top, const char *name, struct err *err)
{
	struct btrfs_ioctl_vol_args args = { 0 };
	const char *slash = strrchr(name, '/');
	auto_free char *sub = slash ? xstrndup(name, (size_t)(slash - name)) : NULL;
	auto_free char *dir = sub ? path_join(top, sub) : xstrdup(top);
	auto_close int fd = -1;

	if (file_mkdirs(dir, 0755, err))
		return -(int)err->code;
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	snprintf(args.name, sizeof(args.name), "%s", slash ? slash + 1 : name);
	if (fd < 0 || ioctl(fd, BTRFS_IOC_SUBVOL_CREATE, &args))
		return err_sys(err, "cannot make subvolume %s", name);
	return 0;
}

static int subvols_fn(void *arg, struct err *err)
{
	const struct subvols *s = arg;
	char top[] = "/tmp/xenith-btrfs-XXXXXX";
	int r = 0;

	if (!mkdtemp(top))
		return err_sys(err, "cannot make a folder in /tmp");
	if (mount(s->device, top, "btrfs", 0, s->options))
		r = err_sys(err, "cannot mount %s", s->device);
	for (size_t i = 0; !r && i < s->b->n_subvols; i++)
		r = subvol_make(top, s->b->subvols[i].name, err);
	disk_umount_busy(top, 0, NULL);
	rmdir(top);
	return r;
}

static int subvols(const struct disk_plan *plan, const struct disk_btrfs_plan *b, struct door *door,
		   struct err *err)
{
	auto_free char *device = disk_dev_path(plan, &b->devs[0]);
	auto_free char *options = disk_mount_data(plan, &b->devs[0], NULL);
	struct subvols s = { b, device, options };
	auto_buf line = { 0 };

	if (!b->n_subvols)
		return 0;
	buf_adds(&line, "btrfs: make subvolumes");
	for (size_t i = 0; i < b->n_subvols; i++)
		buf_addf(&line, " %s", b->subvols[i].name);
	return door_call(door, buf_str(&line), subvols_fn, &s, err);
}

int disk_btrfs(const struct disk_plan *plan, struct door *door, struct err *err)
{
	int r = 0;

	for (size_t i = 0; !r && i < plan->n_btrfs; i++) {
		const struct disk_btrfs_plan *b = &plan->btrfs[i];

		for (size_t d = 0; !r && d < b->n_devs; d++)
			if (b->devs[d].node)
				r = disk_wait_dev(b->devs[d].node, door, err);
		if (!r)
			r = mkfs(plan, b, door, err);
		if (!r)
			r = subvols(plan, b, door, err);
	}
	return r;
}
