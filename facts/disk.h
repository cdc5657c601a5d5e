/* Inside the facts room: how the parts of a disk's facts are read. */
#ifndef FACTS_DISK_H
#define FACTS_DISK_H

#include "facts/facts.h"
#include "facts/sysroot.h"
#include "facts/udev.h"

/* One disk while it is read. */
struct disk_source {
	const struct sysroot *sr;
	const char *name; /* as in /sys/block: "sda", "cciss!c0d0" */
	const char *real; /* "/sys/devices/…/block/sda" */
	struct udev udev;
};

/* WWN, WWID, serial, vendor, model, transport, by-id, by-path and the id made of them. */
void disk_read_ids(const struct disk_source *src, struct disk_facts *d);
/* "sata", "fc", ... from where the disk hangs in sysfs; NULL if that doesn't tell. */
const char *disk_transport(const struct disk_source *src);
/* udev's ID_PATH, or what path_id would say (systemd, udev-builtin-path_id.c) for PCI storage; else NULL. */
const char *disk_by_path(const struct disk_source *src, const char *transport);
/* Signatures, partition table and holders, of the disk and its partitions. */
void disk_read_contents(const struct disk_source *src, struct disk_facts *d);
/* Signatures while they are collected. */
struct contents {
	struct disk_content *v;
	size_t n;
};

/* What is to be looked at: bytes of an open device or image. */
struct probe_area {
	int fd;
	uint64_t start, size; /* bytes; size 0: to the end */
	const char *node;     /* what the contents are said to be on */
	bool whole;      /* a disk: its partition table counts, and its partitions are devices themselves */
	unsigned inside; /* number of the partition in a guest's disk; 0: none */
};

struct disk_content *contents_push(struct arena *a, struct contents *list, const char *node, uint64_t size);
/*
 * Add all that libblkid knows in an area, and (unless it is a whole disk) in the partitions inside of it,
 * which are a guest's. Read-only; what can't be read counts as empty.
 */
void contents_probe(struct arena *a, const struct probe_area *at, struct contents *ret);
/*
 * Ask libblkid for everything that is on a device node or image: each call of blkid_do_probe gives one more
 * signature, so that what an older use left behind shows too. One that can't be opened (no medium, a passive
 * path) counts as empty. whole: a disk and no partition, whose partition table counts.
 */
void disk_probe(struct arena *a, const char *path, const char *node, bool whole, uint64_t size,
		struct disk_facts *d);
/* Names, types and UUIDs of d's partitions, from the disk's own table. */
void disk_probe_table(struct arena *a, struct disk_facts *d);
/* The volume groups that the disks hold, through lvm(8). Live machines only. */
void disks_read_vgs(const struct sysroot *sr, struct facts *f);
/* Contents, partitions, volume groups and marks of a captured machine, where xenith/facts.json has them. */
void disks_read_recorded(const struct sysroot *sr, struct facts *f);
/* The disks sorted by WWID, then size: paths to one LUN follow each other, in f's order. NULL-terminated, in
 * the arena. */
struct disk_facts **disks_by_lun(const struct sysroot *sr, const struct facts *f);
/* Fill boot_medium and multipath_wwid, which need all disks to be read. */
void disks_mark_multipath(const struct sysroot *sr, struct facts *f);
void disks_mark_medium(const struct sysroot *sr, struct facts *f);
/* Append a string to a NULL-terminated list in the arena. */
const char **disk_list_make(struct arena *a, const struct argv *words);

#endif
