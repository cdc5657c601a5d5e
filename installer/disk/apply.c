/* The plan, done. */
#include "installer/disk/apply.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/util.h"
#include "installer/disk/parted.h"
#include "installer/disk/plan.h"

#define NODE_TRIES 100
#define NODE_US    100000

struct step {
	const struct disk_target *disk;
	const char *path;
	struct door *door;
};

int disk_settle(struct door *door, struct err *err)
{
	if (!file_exists("/run/udev/control"))
		return 0;
	return door_runl(door, err, "udevadm", "settle", "--timeout=30", NULL);
}

int disk_wait_node(const char *path, uint64_t size_bytes, struct door *door, struct err *err)
{
	int r = disk_settle(door, err);
	uint64_t size = 0;

	if (r)
		return r;
	for (int i = 0; i < NODE_TRIES; i++) {
		auto_close int fd = open(path, O_RDONLY | O_CLOEXEC);
		struct stat st;

		if (fd >= 0 && !fstat(fd, &st) && S_ISBLK(st.st_mode) && !ioctl(fd, BLKGETSIZE64, &size) &&
		    (!size_bytes || size == size_bytes))
			return 0;
		usleep(NODE_US);
	}
	return err_set(err, ERR_SYS, "%s did not appear within %d seconds%s", path,
		       NODE_TRIES * NODE_US / 1000000, size ? " with its new size" : "");
}

static int stop_fn(void *arg, struct err *err)
{
	struct step *s = arg;

	return disk_stop(s->disk->disk, s->door, err);
}

static int wipe_fn(void *arg, struct err *err)
{
	struct step *s = arg;

	return disk_wipe(s->disk, s->door, err);
}

static int table_fn(void *arg, struct err *err)
{
	struct step *s = arg;

	return disk_table(s->disk, err);
}

static int parts_fn(void *arg, struct err *err)
{
	struct step *s = arg;
	int r = 0;

	for (size_t i = 0; !r && i < s->disk->n_parts; i++) {
		auto_free char *path = disk_part_path(s->disk->disk->path, s->disk->parts[i].number);

		/* The kernel shows an extended partition with the size of its table alone. */
		if (!str_eq(s->disk->parts[i].kind, "extended"))
			r = disk_wait_node(path, s->disk->parts[i].size_mib * MIB, s->door, err);
	}
	return r;
}

static int node_fn(void *arg, struct err *err)
{
	struct step *s = arg;

	return disk_wait_node(s->path, 0, s->door, err);
}

int disk_wait_dev(const char *node, struct door *door, struct err *err)
{
	struct step s = { .path = node, .door = door };
	auto_free char *line = xasprintf("wait for %s", node);

	return door_call(door, line, node_fn, &s, err);
}

static int each_disk(const struct disk_plan *plan, const char *what, int (*fn)(void *arg, struct err *err),
		     struct door *door, struct err *err)
{
	int r = 0;

	for (size_t d = 0; !r && d < plan->n_disks; d++) {
		struct step s = { .disk = &plan->disks[d], .door = door };
		auto_free char *line = xasprintf("disk %s: %s", plan->disks[d].id, what);

		if (plan->disks[d].keep && fn != stop_fn)
			continue;
		r = door_call(door, line, fn, &s, err);
	}
	return r;
}

static int format(const struct disk_plan *plan, struct door *door, struct err *err)
{
	int r = 0;

	for (size_t i = 0; !r && i < plan->n_formats; i++) {
		const struct disk_format *f = &plan->formats[i];
		auto_free char *device = disk_dev_path(plan, &f->dev);
		auto_run run = { 0 };

		if (f->dev.node)
			r = disk_wait_dev(device, door, err);
		if (!r && f->old)
			r = door_runl(door, err, "wipefs", "--all", device, NULL);
		disk_type_mkfs(disk_type_find(f->fstype), device, f->label, f->mkfsoptions, &run.argv);
		if (!r)
			r = door_run(door, &run, err);
	}
	return r;
}

int disk_apply(const struct disk_plan *plan, struct door *door, struct err *err)
{
	const struct parted *ped;
	/* Before the first byte: what the tables are written by. */
	int r = plan->n_disks ? parted_load(&ped, err) : 0;

	if (!r)
		r = each_disk(plan, "stop what uses it", stop_fn, door, err);
	if (!r)
		r = each_disk(plan, "wipe all signatures and check that none is left", wipe_fn, door, err);
	if (!r)
		r = each_disk(plan, "write the partition table", table_fn, door, err);
	if (!r)
		r = each_disk(plan, "wait for its partitions", parts_fn, door, err);
	if (!r)
		r = disk_raids(plan, door, err);
	if (!r)
		r = disk_luks(plan, false, door, err);
	if (!r)
		r = disk_lvm(plan, door, err);
	if (!r)
		r = disk_luks(plan, true, door, err);
	if (!r)
		r = format(plan, door, err);
	return r ? r : disk_btrfs(plan, door, err);
}
