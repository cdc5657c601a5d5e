/* The plan, done. */
#include "installer/disk/apply.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/util.h"
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

		r = disk_wait_node(path, s->disk->parts[i].size_mib * MIB, s->door, err);
	}
	return r;
}

static int lv_fn(void *arg, struct err *err)
{
	struct step *s = arg;

	return disk_wait_node(s->path, 0, s->door, err);
}

static int each_disk(const struct disk_plan *plan, const char *what, int (*fn)(void *arg, struct err *err),
		     struct door *door, struct err *err)
{
	int r = 0;

	for (size_t d = 0; !r && d < plan->n_disks; d++) {
		struct step s = { .disk = &plan->disks[d], .door = door };
		auto_free char *line = xasprintf("disk %s: %s", plan->disks[d].id, what);

		r = door_call(door, line, fn, &s, err);
	}
	return r;
}

static int mkfs(const char *fstype, const char *device, const char *label, const char *options,
		struct door *door, struct err *err)
{
	const struct disk_type *type = disk_type_find(fstype);
	auto_run run = { 0 };

	disk_type_mkfs(type, device, label, options, &run.argv);
	return door_run(door, &run, err);
}

static int format_parts(const struct disk_plan *plan, struct door *door, struct err *err)
{
	int r = 0;

	for (size_t d = 0; !r && d < plan->n_disks; d++)
		for (size_t i = 0; !r && i < plan->disks[d].n_parts; i++) {
			const struct disk_part_plan *p = &plan->disks[d].parts[i];
			auto_free char *path = disk_part_path(plan->disks[d].disk->path, p->number);

			if (p->fstype)
				r = mkfs(p->fstype, path, p->label, p->mkfsoptions, door, err);
		}
	return r;
}

static int format_lvs(const struct disk_plan *plan, struct door *door, struct err *err)
{
	int r = 0;

	for (size_t v = 0; !r && v < plan->n_vgs; v++)
		for (size_t i = 0; !r && i < plan->vgs[v].n_lvs; i++) {
			const struct disk_lv_plan *lv = &plan->vgs[v].lvs[i];
			auto_free char *device = disk_lv_path(plan->vgs[v].name, lv->name);
			struct step s = { .path = device, .door = door };
			auto_free char *line = xasprintf("wait for %s", device);

			r = door_call(door, line, lv_fn, &s, err);
			if (!r)
				r = mkfs(lv->fstype, device, lv->label, lv->mkfsoptions, door, err);
		}
	return r;
}

int disk_apply(const struct disk_plan *plan, struct door *door, struct err *err)
{
	int r = each_disk(plan, "stop what uses it", stop_fn, door, err);

	if (!r)
		r = each_disk(plan, "wipe all signatures and check that none is left", wipe_fn, door, err);
	if (!r)
		r = each_disk(plan, "write the partition table", table_fn, door, err);
	if (!r)
		r = each_disk(plan, "wait for its partitions", parts_fn, door, err);
	if (!r)
		r = disk_lvm(plan, door, err);
	if (!r)
		r = format_parts(plan, door, err);
	return r ? r : format_lvs(plan, door, err);
}
