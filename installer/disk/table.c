/* The partition table, through libparted. */
#include "installer/disk/apply.h"

#include "base/util.h"
#include "installer/disk/parted.h"
#include "installer/disk/plan.h"

/* libparted hands its messages to a function without an argument: the last one of this process is kept. */
static char last_words[512];

static PedExceptionOption on_exception(PedException *e)
{
	snprintf(last_words, sizeof(last_words), "%s", e->message);
	return e->type <= PED_EXCEPTION_WARNING && (e->options & PED_EXCEPTION_IGNORE)
		       ? PED_EXCEPTION_IGNORE
		       : PED_EXCEPTION_UNHANDLED;
}

static int failed(const struct disk_target *t, const char *what, struct err *err)
{
	return err_set(err, ERR_SYS, "disk %s: cannot %s: %s", t->id, what,
		       last_words[0] ? last_words : "libparted does not say why");
}

static int add_part(const struct parted *ped, PedDisk *disk, const struct disk_target *t,
		    const struct disk_part_plan *p, struct err *err)
{
	const struct disk_kind *kind = disk_kind_find(p->kind);
	PedPartitionFlag flag = kind ? kind->flag : 0;
	uint64_t sectors = MIB / (uint64_t)disk->dev->sector_size;
	PedSector start = (PedSector)(p->start_mib * sectors);
	PedSector end = start + (PedSector)(p->size_mib * sectors) - 1;
	bool mbr = str_eq(t->table, "msdos"), extended = str_eq(p->kind, "extended");
	PedPartition *part = ped->partition_new(disk,
						extended               ? PED_PARTITION_EXTENDED
						: mbr && p->number > 4 ? PED_PARTITION_LOGICAL
								       : PED_PARTITION_NORMAL,
						NULL, start, end);
	PedConstraint *exact;
	int ok;

	if (!part)
		return failed(t, "describe a partition", err);
	exact = ped->constraint_exact(&part->geom);
	ok = ped->disk_add_partition(disk, part, exact);
	ped->constraint_destroy(exact);
	if (!ok) {
		ped->partition_destroy(part);
		return failed(t, "add a partition", err);
	}
	if (part->num != (int)p->number)
		return err_set(err, ERR_SYS, "disk %s: partition %u would get the number %d", t->id,
			       p->number, part->num);
	if ((p->name && !mbr && !ped->partition_set_name(part, p->name)) ||
	    (flag && ped->partition_is_flag_available(part, flag) && !ped->partition_set_flag(part, flag, 1)))
		return failed(t, "name a partition", err);
	return 0;
}

static int remove_parts(const struct parted *ped, PedDisk *disk, const struct disk_target *t, struct err *err)
{
	for (size_t i = 0; i < t->n_gone; i++) {
		PedPartition *part = ped->disk_get_partition(disk, (int)t->gone[i]);

		/* A run that was cut short may have removed it. */
		if (part && !ped->disk_delete_partition(disk, part))
			return failed(t, "remove a partition", err);
	}
	return 0;
}

static int write_table(const struct parted *ped, PedDevice *dev, const struct disk_target *t, struct err *err)
{
	PedDisk *disk =
		t->partial ? ped->disk_new(dev) : ped->disk_new_fresh(dev, ped->disk_type_get(t->table));
	int r = 0;

	if (!disk)
		return failed(t, t->partial ? "read the table" : "start a table", err);
	if (t->partial)
		r = remove_parts(ped, disk, t, err);
	for (size_t i = 0; !r && i < t->n_parts; i++)
		r = add_part(ped, disk, t, &t->parts[i], err);
	if (!r && !ped->disk_commit_to_dev(disk))
		r = failed(t, "write the table", err);
	if (!r && !ped->disk_commit_to_os(disk))
		r = failed(t, "tell the kernel about the new partitions", err);
	ped->disk_destroy(disk);
	return r;
}

int disk_table(const struct disk_target *t, struct err *err)
{
	const struct parted *ped;
	PedDevice *dev;
	int r = parted_load(&ped, err);

	if (r)
		return r;

	/*
	 * No flock(2) on the disk as systemd.io/BLOCK_DEVICE_LOCKING has it: Debian's libparted runs `udevadm
	 * settle` itself, which would wait for an event that udev puts off until the lock is gone.
	 */
	last_words[0] = '\0';
	ped->exception_set_handler(on_exception);
	dev = ped->device_get(t->disk->path);
	r = dev ? write_table(ped, dev, t, err) : failed(t, "open it", err);
	if (dev)
		ped->device_destroy(dev);
	ped->exception_set_handler(NULL);
	return r;
}
