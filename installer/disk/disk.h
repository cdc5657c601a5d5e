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

/* A block device of the plan: a partition, or one whose node is known beforehand. */
struct disk_dev {
	const char *node; /* "/dev/mapper/vg0-root", "/dev/md0"; NULL: the partition */
	size_t disk;      /* index of the target */
	unsigned part;    /* number of the partition */
};

/* What a partition, an array or a volume is to hold. */
struct disk_holds {
	const char *member; /* "pv.1", "raid.1", "btrfs.1": it is a part of something larger */
	const char *luks;   /* name below /dev/mapper: the rest of this lies inside of that; or NULL */
	const char *fstype; /* a name of disk_type_find; NULL: not formatted */
	const char *label, *mkfsoptions;
	const char *mntpoint; /* "swap" for swap; NULL: not mounted */
};

/* A partition to be made. Sizes and starts are multiples of 1 MiB. */
struct disk_part_plan {
	unsigned number;
	uint64_t start_mib, size_mib;
	const char *kind; /* "biosboot", "esp", "boot", "lvm", "raid", "linux", "swap": chooses the table's
			     type */
	const char *name; /* GPT name */
	struct disk_holds holds;
};

struct disk_target {
	const struct disk_facts *disk;
	const char *id;    /* stable id, as printed */
	const char *table; /* "gpt" or "msdos" */
	bool keep;         /* its table stays, and what is used of it is in plan->uses */
	bool biosboot;     /* a BIOS boot partition stays on it */
	bool wipe;         /* all signatures on it and its partitions go, table new */
	bool partial;      /* its table stays; some partitions go, and new ones come into the largest gap */
	unsigned *gone;    /* partial: the numbers of those that go */
	size_t n_gone;
	uint64_t first_mib, room_mib; /* where new partitions may be; wiped: 1, and all but the last MiB */
	struct disk_part_plan *parts;
	size_t n_parts;
};

/* An array of md(4). */
struct disk_raid_plan {
	const char *node, *name; /* "/dev/md0" and "md0", or "/dev/md/boot" and "boot" */
	unsigned level;          /* 0, 1, 5, 6 or 10 */
	const char *metadata;    /* "1.2"; "1.0" where firmware must see a member as if there were no array */
	const char **members;    /* "raid.1" names, NULL-terminated; the last ones are the spares */
	struct disk_dev *devs;
	size_t n_devs, spares;
	uint64_t size_mib;   /* of the array */
	uint64_t used_mib;   /* of each member; 0: all of it (level 0) */
	uint64_t offset_mib; /* where the data starts in a member; 0 with metadata 1.0 */
	unsigned chunk_kib;  /* 0: level 1 has none */
	struct disk_holds holds;
};

struct disk_luks_plan {
	const char *name; /* below /dev/mapper */
	struct disk_dev on;
	bool on_lv;                 /* made after the volume groups, else before them */
	bool early;                 /* root stands on it: the initramfs opens it */
	const char *version;        /* "luks2" or "luks1" */
	const char *passphrase;     /* secret */
	const char *cipher, *pbkdf; /* NULL: cryptsetup's */
	int64_t pbkdf_memory_kib, pbkdf_time_ms, pbkdf_iterations; /* -1: cryptsetup's */
	struct disk_holds holds;
};

struct disk_lv_plan {
	const char *name;
	uint64_t size_mib; /* of a thin volume: virtual */
	struct disk_holds holds;
	const char *pool;      /* a thin volume: its pool; else NULL */
	uint64_t metadata_mib; /* a thin pool: of its metadata, for which there is a spare of the same size;
				  else 0 */
	unsigned chunk_kib;    /* of a thin pool */
};

struct disk_vg_plan {
	const char *name;
	bool exists;           /* it is there: its volumes stay, further ones are made in its free room */
	const char **pvs;      /* "pv.1" names, NULL-terminated */
	struct disk_dev *devs; /* theirs */
	size_t n_devs;
	uint64_t pesize_kib, free_mib;
	struct disk_lv_plan *lvs;
	size_t n_lvs;
};

/* One btrfs over several devices; its subvolumes are mounted. */
struct disk_btrfs_plan {
	const char *label, *data, *metadata, *mkfsoptions; /* or NULL */
	const char **members;                              /* "btrfs.1" names, NULL-terminated */
	struct disk_dev *devs;
	size_t n_devs;
	const char *mntpoint; /* of the volume itself, or NULL */
	struct disk_subvol {
		const char *name, *mntpoint;
	} * subvols;
	size_t n_subvols;
};

/* A partition or volume that is there and is used. */
struct disk_use {
	struct disk_dev dev;
	bool noformat;
	const char *was; /* what is on it, for people; NULL: nothing that is known */
	struct disk_holds holds;
};

/* A mkfs, in the order of the plan. */
struct disk_format {
	struct disk_dev dev;
	bool old; /* it was there before: its signatures go first */
	const char *fstype, *label, *mkfsoptions;
};

/* One line of the target's fstab, in mount order ("/" first); swap has mntpoint "none". */
struct disk_mount {
	const char *mntpoint, *fstype, *options;
	const char *subvol; /* of btrfs; or NULL */
	struct disk_dev dev;
};

struct disk_plan {
	struct arena arena;
	const struct facts *facts;
	struct disk_target *disks;
	size_t n_disks;
	struct disk_raid_plan *raids;
	size_t n_raids;
	struct disk_luks_plan *luks;
	size_t n_luks;
	struct disk_vg_plan *vgs;
	size_t n_vgs;
	struct disk_btrfs_plan *btrfs;
	size_t n_btrfs;
	struct disk_use *uses;
	size_t n_uses;
	struct disk_format *formats;
	size_t n_formats;
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
/* Activate the groups of the plan that exist: their volumes can be read then. */
int disk_lvm_activate(const struct disk_plan *plan, struct door *door, struct err *err);
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
/*
 * Remove all that is in the file systems that the plan made, which disk_mount mounted below dir; lost+found,
 * mount points and file systems that were there before stay as they are. disk_can_empty: whether the root is
 * one that the plan made.
 */
bool disk_can_empty(const struct disk_plan *plan);
int disk_empty(const struct disk_plan *plan, const char *dir, struct door *door, struct err *err);
/* The target's /etc/fstab, after apply (reads UUIDs with libblkid; /dev/mapper names for LVs). */
int disk_fstab(const struct disk_plan *plan, struct buf *b, struct err *err);
/* Write the target's /etc/fstab, /etc/mdadm/mdadm.conf and /etc/crypttab, as far as the plan needs them;
 * after apply. */
int disk_write_config(const struct disk_plan *plan, const char *root, struct door *door, struct err *err);
/* The packages that the installed system needs for its disks. */
void disk_packages(const struct disk_plan *plan, struct argv *want);
/* What mounting root takes (either may be NULL): kernel modules; and files of the initramfs, as the ends of
 * their paths. LVM's are not among the files. */
void disk_root_needs(const struct disk_plan *plan, struct argv *modules, struct argv *files);
/* Node of a device of the plan. free(3). */
char *disk_dev_path(const struct disk_plan *plan, const struct disk_dev *dev);
/* The array with that node; NULL: it is none. */
const struct disk_raid_plan *disk_raid_of(const struct disk_plan *plan, const struct disk_dev *dev);
/* Whether what is on that node (a disk's or partition's kernel name) of a target goes with a new table or
 * with its partition. */
bool disk_loses(const struct disk_target *t, const char *node);
/* Device node of partition number of a target, right for sda1, nvme0n1p1 and dm names. free(3). */
char *disk_part_path(const char *disk_path, unsigned number);
/* What stands behind root= on the kernel's command line, after apply. free(3) *ret. */
int disk_root_arg(const struct disk_plan *plan, char **ret, struct err *err);

#endif
