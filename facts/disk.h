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
/*
 * Ask libblkid for everything that is on a device node or image: each call of blkid_do_probe gives one more
 * signature, so that what an older use left behind shows too. One that can't be opened (no medium, a passive
 * path) counts as empty. whole: a disk and no partition, whose partition table counts.
 */
void disk_probe(struct arena *a, const char *path, const char *node, bool whole, uint64_t size,
		struct disk_facts *d);
/* Fill boot_medium and multipath_wwid, which need all disks to be read. */
void disks_mark_multipath(const struct sysroot *sr, struct facts *f);
void disks_mark_medium(const struct sysroot *sr, struct facts *f);
/* Append a string to a NULL-terminated list in the arena. */
const char **disk_list_make(struct arena *a, const struct argv *words);

#endif
