/* What the files plan_*.c share while a plan is made. Private to this folder. */
#ifndef INSTALLER_DISK_PLAN_H
#define INSTALLER_DISK_PLAN_H

#include "installer/disk/disk.h"
#include "installer/disk/type.h"

#define MIB       ((uint64_t)1 << 20)
#define ESP_MIB   512
#define BOOT_MIB  1024
#define BIOS_MIB  1
#define ESP_LABEL "EFI"

/* What a part, raid or logvol line says of what its device is to hold. */
struct plan_ask {
	const struct ks_at *at;
	const char *mntpoint, *fstype, *fsoptions, *mkfsoptions, *fsprofile, *label;
	bool encrypted;
	const char *passphrase;
	const struct ks_luks *luks;
};

/* The same, understood. */
struct plan_hold {
	const struct ks_at *at;
	struct disk_holds holds;
	const struct disk_type *type; /* NULL: not formatted */
	const char *options;          /* fstab's; NULL: the type's own */
	const char *passphrase;       /* encrypted, as luks says; NULL: not encrypted */
	const struct ks_luks *luks;
	bool on_lv, noformat;
};

/* A partition that the file asks for, before it has a size and a place. */
struct part_want {
	const struct ks_at *at; /* of `part` or `reqpart` */
	const char *kind;       /* as in struct disk_part_plan */
	struct plan_hold hold;
	const char *ondisk;
	uint64_t size_mib, max_mib;
	bool grow, asprimary;
	bool bound;  /* stays on its disk */
	size_t disk; /* index in plan->disks */
	unsigned number;
};

/* An array that the file asks for. */
struct raid_want {
	const struct ks_at *at;
	const char *device;   /* "md0" or a name */
	const char *level;    /* "RAID1" */
	const char **members; /* NULL-terminated */
	size_t spares;
	unsigned chunk_kib; /* 0: not said */
	struct plan_hold hold;
};

/* What is there already and is used. */
struct reuse {
	struct plan_hold hold;
	struct disk_dev dev;
	uint64_t size_mib;
	const char *was; /* what is on it, for people */
};

/* A partition or volume of this machine. */
struct found {
	const struct disk_facts *disk; /* of a partition */
	unsigned number;
	const struct vg_facts *vg; /* of a volume */
	const struct vg_lv *lv;
	uint64_t size_bytes;
};

/* A device that was made to be a part of something: "pv.1", "raid.1", "btrfs.1". */
struct member {
	const char *name;
	const struct ks_at *at;
	struct disk_dev dev;
	uint64_t size_mib;
	bool used;
};

struct planner {
	const struct facts *facts;
	const struct ks *ks;
	struct disk_plan *plan;
	struct part_want *wants;
	size_t n_wants;
	struct raid_want *raids;
	size_t n_raids;
	struct member *members;
	size_t n_members;
	struct reuse *reuses;
	size_t n_reuses;
	size_t boot;   /* index in plan->disks of the disk that the firmware starts */
	size_t *boots; /* of all that it must be able to start: several when /boot is on an array */
	size_t n_boots;
	struct err wrong; /* errors of lines so far; code 0: none */
};

/* ERR_INPUT "file:line: word: reason". */
int plan_input(struct err *err, const struct ks_at *at, const char *word, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* Note what is wrong with one line, so that the others are looked at too: the step fails behind them. */
void plan_wrong(struct planner *p, const struct err *err);

/* plan_lines.c: what can be said of each line alone. */
int plan_lines(struct planner *p, struct err *err);
/* The same for one line; nothing is noted of it. */
int plan_check_part(struct planner *p, const struct ks_part *part, struct err *err);
int plan_check_raid(struct planner *p, const struct ks_raid *raid, struct err *err);
int plan_check_vg(const struct ks_volgroup *vg, struct err *err);
int plan_check_lv(struct planner *p, const struct ks_logvol *lv, struct err *err);
/* plan_name.c: the one disk with that name, which can be written. None is ERR_INPUT, several or one that can
 * never be written ERR_MACHINE. */
int plan_named_disk(const struct planner *p, const struct ks_at *at, const char *name,
		    const struct disk_facts **ret, struct err *err);
/* The one disk that is meant where the file names none; ERR_MACHINE if there are several or none. */
int plan_only_disk(const struct planner *p, const struct disk_facts **ret, struct err *err);
/* Whether ignoredisk --drives is said of this disk. */
bool plan_ignored(const struct ks *ks, const struct disk_facts *disk);
/* plan_disks.c: fill plan->disks with the disks that may be used. */
int plan_disks(struct planner *p, struct err *err);
/* The index in plan->disks of the disk with that name, which plan_disks has seen already. */
size_t plan_disk_index(const struct planner *p, const char *name);
/* Use one of the machine's disks: its index in plan->disks. Refused like one that the file names. */
int plan_use_disk(struct planner *p, const struct ks_at *at, const struct disk_facts *disk, size_t *ret,
		  struct err *err);
/* Whether clearpart --all is said of this disk. */
bool plan_cleared(const struct ks *ks, const struct disk_facts *disk);
/* plan_exist.c: find what is used as it is, and keep its disks (within plan_disks); then use it. */
int plan_exist(struct planner *p, struct err *err);
int plan_use_existing(struct planner *p, struct err *err);
/* plan_find.c: what is on a node of a disk, or on what was found; NULL: nothing that is known. */
const struct disk_content *plan_content_on(const struct disk_facts *d, const char *node);
const struct disk_content *plan_content_of(const struct found *f);
/* Whether a partition has that name: sda1, a name of its disk with -part1 behind it, UUID=, LABEL=,
 * PARTUUID=. */
bool plan_part_matches(const struct disk_facts *d, const struct disk_part *part, const char *name);
/* Exactly one partition or volume. */
int plan_find(const struct planner *p, const struct ks_at *at, const char *name, struct found *ret,
	      struct err *err);
/* plan_clear.c: what clearpart takes off a disk: all of it (t->wipe), or some partitions (t->partial). */
int plan_clear(struct planner *p, struct disk_target *t, struct err *err);
/* Whether clearpart --linux or --list takes a partition of this disk away. */
bool plan_clears_some(const struct ks *ks, const struct disk_facts *disk);
/* Every name of clearpart --list is one of a partition or disk that may be used. */
int plan_clear_names(struct planner *p, struct err *err);
/* plan_wants.c: partitions as wanted, with those that booting needs. */
int plan_wants(struct planner *p, struct err *err);
/* plan_auto.c: what autopart stands for, as lines of a file; p->ks is replaced then. */
int plan_auto(struct planner *p, struct err *err);
/* plan_boot.c: which disks start the host, and what they need for that. */
int plan_boot(struct planner *p, struct err *err);
/* plan_parts.c: partitions placed and sized. */
int plan_parts(struct planner *p, struct err *err);
/* The mebibytes of a disk that partitions can have. */
uint64_t plan_usable_mib(const struct disk_target *t);
/* plan_type.c: the type that a part or logvol line means; its label and size are checked. */
int plan_type(const struct ks_at *at, const char *mntpoint, const char *fstype, const char *label,
	      const struct disk_type **ret, struct err *err);
/* --recommended swap, from the memory. */
uint64_t plan_swap_mib(const struct facts *facts, bool hibernation);
/* plan_keep.c: what guard --keep-vg means for the file's lines; p->ks is replaced then. */
int plan_keep(struct planner *p, struct err *err);
/* plan_span.c: nothing that is cleared or formatted anew may be a part of something that other disks hold
 * too. ERR_MACHINE. */
int plan_span(struct planner *p, struct err *err);
/* plan_hold.c: what a line's device is to hold. */
int plan_hold(struct planner *p, const struct plan_ask *ask, struct plan_hold *ret, struct err *err);
/* Note what is done with a device that has its place now: encrypt, format, mount, or use as a member. */
int plan_use(struct planner *p, struct disk_dev dev, uint64_t size_mib, const struct plan_hold *hold,
	     struct err *err);
/* The member of that name; NULL: none. */
struct member *plan_member(const struct planner *p, const char *name);
/* Take members for `what` (a line at `at`): all exist, stand once, are free. Fills *devs, in the plan's
 * arena. */
int plan_take(struct planner *p, const struct ks_at *at, const char *const *names, size_t n, const char *what,
	      struct disk_dev **devs, struct err *err);
/* plan_raid.c: arrays as wanted (before the partitions), and made of their members (after them). */
int plan_raid_wants(struct planner *p, struct err *err);
int plan_raids(struct planner *p, struct err *err);
/* The array that /boot, or else "/", lies on or in, if it survives the loss of a disk; NULL: none. */
const struct raid_want *plan_boot_raid(const struct planner *p);
/* plan_lvm.c */
int plan_lvm(struct planner *p, struct err *err);
/* plan_btrfs.c */
int plan_btrfs(struct planner *p, struct err *err);
/* plan_mounts.c: one line of fstab; then their order, and root=. */
int plan_mount(struct planner *p, const struct ks_at *at, const char *mntpoint, const struct disk_type *type,
	       const char *options, struct disk_dev dev, const char *subvol, struct err *err);
int plan_mounts(struct planner *p, struct err *err);

/* dev.c: call fn for a device and for all that it stands on, from the top down. */
typedef void (*disk_dev_fn)(void *arg, const struct disk_dev *dev);
void disk_dev_walk(const struct disk_plan *plan, const struct disk_dev *dev, disk_dev_fn fn, void *arg);
/* Below /dev/mapper: its name is as good as a UUID. */
bool disk_dev_is_dm(const struct disk_dev *dev);
/* The plan of a device by its node; NULL: it is none. */
const struct disk_luks_plan *disk_luks_of(const struct disk_plan *plan, const struct disk_dev *dev);
const struct disk_vg_plan *disk_vg_of(const struct disk_plan *plan, const struct disk_dev *dev);
const struct disk_btrfs_plan *disk_btrfs_of(const struct disk_plan *plan, const struct disk_dev *dev);
/* What mount(2) must be told of a device: its subvolume, and a btrfs's other devices. free(3); NULL: nothing.
 */
char *disk_mount_data(const struct disk_plan *plan, const struct disk_dev *dev, const char *subvol);
/* Node of an LV: its device-mapper name has "-" doubled in either part (lvm(8)). free(3). */
char *disk_lv_path(const char *vg, const char *lv);
/* proc(5): blanks, newlines and backslashes are octal in mountinfo and swaps. In place. */
void disk_proc_unescape(char *s);
/* Whether path is dir or below it; neither ends in a slash. */
bool disk_path_below(const char *path, const char *dir);

/* print_destroyed.c: hosts, groups and their volumes. */
void disk_destroyed_print(const struct disk_plan *plan, struct buf *b);
json_t *disk_destroyed_json(const struct disk_plan *plan);
void disk_content_print(const struct disk_content *c, struct buf *b);

/* print.c, for messages too: "ext4 \"old\" on part 1, LVM2_member", "500.1 GB". */
void disk_contents_print(const struct disk_facts *disk, struct buf *b);
/* The stable id, or the path through the machine, or (when there is neither) the kernel's name. */
const char *disk_id(const struct disk_facts *disk);

#endif
