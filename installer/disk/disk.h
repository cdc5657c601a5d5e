/*
 * Disks: what the kickstart file asks for, as a plan of actions on disks that are named by stable ids; and
 * its apply.
 */
#ifndef INSTALLER_DISK_DISK_H
#define INSTALLER_DISK_DISK_H

#include "base/door.h"
#include "base/json.h"
#include "facts/facts.h"
#include "kickstart/ks.h"

/* A partition to be made. Sizes and starts are multiples of 1 MiB. */
struct disk_part_plan {
	unsigned number;
	uint64_t start_mib, size_mib;
	const char
		*kind; /* "biosboot", "esp", "boot", "lvm", "raid", "linux", "swap": chooses the GPT type */
	const char *name;   /* GPT name */
	const char *pv;     /* "pv.1" when it is a physical volume */
	const char *fstype; /* NULL: not formatted */
	const char *label, *mkfsoptions;
};

struct disk_target {
	const struct disk_facts *disk;
	const char *id; /* stable id, as printed */
	bool wipe;      /* all signatures on it and its partitions go, table new */
	struct disk_part_plan *parts;
	size_t n_parts;
};

struct disk_lv_plan {
	const char *name, *fstype, *label, *mkfsoptions, *mntpoint;
	uint64_t size_mib;
};

struct disk_vg_plan {
	const char *name;
	const char **pvs; /* "pv.1" names, NULL-terminated */
	uint64_t pesize_kib, free_mib;
	struct disk_lv_plan *lvs;
	size_t n_lvs;
};

/* One line of the target's fstab, in mount order ("/" first); swap has mntpoint "none". */
struct disk_mount {
	const char *mntpoint, *fstype, *options;
	const char *device; /* "/dev/mapper/vg0-root", or NULL for a partition */
	size_t disk;        /* with part: index of the target */
	unsigned part;      /* partition number; 0: device is used */
};

struct disk_plan {
	struct arena arena;
	const struct facts *facts;
	struct disk_target *disks;
	size_t n_disks;
	struct disk_vg_plan *vgs;
	size_t n_vgs;
	struct disk_mount *mounts;
	size_t n_mounts;
	const char *root_device; /* for root=: "/dev/mapper/vg0-root", or NULL: UUID of the root partition,
				    known after apply */
	bool bios, uefi;         /* which boot loaders have a place */
	size_t *boot_disks;      /* indices of disks that get a boot loader */
	size_t n_boot_disks;
};

/*
 * Pure. Every named disk must match exactly one of facts->disks: none or several is ERR_INPUT resp.
 * ERR_MACHINE that lists the candidates; so is a disk that is too small, read-only, the boot medium, optical,
 * or one path of a multipath LUN. facts and ks must outlive the plan.
 */
int disk_plan_make(const struct facts *facts, const struct ks *ks, struct disk_plan *ret, struct err *err);
void disk_plan_clear(struct disk_plan *plan);
/* One line an action, what is destroyed first, e.g. "disk wwn-0x…: wipe (ext4 \"old\", LVM2_member)". */
void disk_plan_print(const struct disk_plan *plan, struct buf *b);
/* The same as data, for --plan=json: an object. */
json_t *disk_plan_json(const struct disk_plan *plan);

/*
 * Stop holders (LVM, md, swap, mounts of these disks only), wipe, write tables, make PVs, VGs, LVs and file
 * systems. Asks nothing and decides nothing; over a run that was cut short it works like the first time.
 * Children: dmsetup (when dm devices stand on a disk), lvm, mkfs.*, mkswap, udevadm (when udev runs).
 */
int disk_apply(const struct disk_plan *plan, struct door *door, struct err *err);
/* A new random id of an install, 32 hex digits. */
int disk_mark_id(char id[33], struct err *err);
/* Write the install's mark (facts/mark.h) on all disks of the plan: the last step, since a half-made install
 * is no host that must be guarded. */
int disk_mark(const struct disk_plan *plan, const char *id, const char *hostname, struct door *door,
	      struct err *err);
/* Mount everything below dir in order (swap isn't switched on, and fstab's options don't apply yet); unmount
 * all that is mounted there in reverse, also after a half-done mount. */
int disk_mount(const struct disk_plan *plan, const char *dir, struct door *door, struct err *err);
int disk_umount(const struct disk_plan *plan, const char *dir, struct door *door, struct err *err);
/* The target's /etc/fstab, after apply (reads UUIDs with libblkid; /dev/mapper names for LVs). */
int disk_fstab(const struct disk_plan *plan, struct buf *b, struct err *err);
/* Device node of partition number of a target, right for sda1, nvme0n1p1 and dm names. free(3). */
char *disk_part_path(const char *disk_path, unsigned number);
/* What stands behind root= on the kernel's command line, after apply. free(3) *ret. */
int disk_root_arg(const struct disk_plan *plan, char **ret, struct err *err);

#endif
