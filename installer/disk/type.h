/* What a partition or logical volume can hold: one type_NAME.c each, and one line in type.c's list. */
#ifndef INSTALLER_DISK_TYPE_H
#define INSTALLER_DISK_TYPE_H

#include <parted/parted.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/argv.h"

struct disk_type {
	const char *name;    /* as kickstart's --fstype spells it */
	const char *fs;      /* as mount(8) and fstab(5) spell it */
	const char *kind;    /* of a partition that holds it: a name of disk_kind_find */
	const char *options; /* fstab's, unless --fsoptions says others */
	unsigned pass;       /* fstab's sixth field, except for "/" */
	bool root_ok;        /* may hold "/" and /boot */
	bool check_root;     /* fstab pass 1 where it holds "/" */
	uint64_t min_mib;    /* mkfs refuses less */
	size_t label_max;    /* bytes */
	const char *label_option;
	const char *mkfs[6]; /* program and options that are always given, NULL-terminated */
	const char *package; /* of the installed system's programs for it; NULL: in every one */
};

/* A kind of partition, for the table. */
struct disk_kind {
	const char *name;
	PedPartitionFlag flag; /* sets the type GUID; 0: Linux file system data */
	const char *guid;      /* the type GUID that the flag stands for (UEFI 2.10 5.3.3, systemd's DPS) */
};

extern const struct disk_type disk_type_btrfs;
extern const struct disk_type disk_type_efi;
extern const struct disk_type disk_type_ext2;
extern const struct disk_type disk_type_ext3;
extern const struct disk_type disk_type_ext4;
extern const struct disk_type disk_type_swap;
extern const struct disk_type disk_type_vfat;
extern const struct disk_type disk_type_xfs;

/* NULL: no such type. */
const struct disk_type *disk_type_find(const char *name);
/* The type whose name is nearest to a misspelt one; NULL if none is. */
const char *disk_type_nearest(const char *name);
const struct disk_kind *disk_kind_find(const char *name);
/* The whole mkfs command line; label and options may be NULL, options is split at blanks. */
void disk_type_mkfs(const struct disk_type *type, const char *device, const char *label, const char *options,
		    struct argv *argv);

#endif
