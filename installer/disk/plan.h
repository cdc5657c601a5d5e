/* What the files plan_*.c share while a plan is made. Private to this folder. */
#ifndef INSTALLER_DISK_PLAN_H
#define INSTALLER_DISK_PLAN_H

#include "installer/disk/disk.h"
#include "installer/disk/type.h"

#define MIB ((uint64_t)1 << 20)

/* A partition that the file asks for, before it has a size and a place. */
struct part_want {
	const struct ks_at *at;       /* of `part` or `reqpart` */
	const char *mntpoint;         /* NULL: not mounted (PVs, biosboot); swap: "swap" */
	const char *kind, *pv;        /* as in struct disk_part_plan */
	const struct disk_type *type; /* NULL: not formatted */
	const char *label, *options, *mkfsoptions, *ondisk;
	uint64_t size_mib, max_mib;
	bool grow;
	size_t disk; /* index in plan->disks */
	unsigned number;
};

struct planner {
	const struct facts *facts;
	const struct ks *ks;
	struct disk_plan *plan;
	struct part_want *wants;
	size_t n_wants;
	size_t boot; /* index in plan->disks of the disk that the firmware starts */
};

/* ERR_INPUT "file:line: word: reason". */
int plan_input(struct err *err, const struct ks_at *at, const char *word, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* plan_disks.c: fill plan->disks with the disks that may be used. */
int plan_disks(struct planner *p, struct err *err);
/* The index in plan->disks of the disk with that name, which plan_disks has seen already. */
size_t plan_disk_index(const struct planner *p, const char *name);
/* plan_parts.c: partitions as wanted, then placed and sized. */
int plan_wants(struct planner *p, struct err *err);
int plan_parts(struct planner *p, struct err *err);
/* plan_type.c: the type that a part or logvol line means; its label and size are checked. */
int plan_type(const struct ks_at *at, const char *mntpoint, const char *fstype, const char *label,
	      const struct disk_type **ret, struct err *err);
/* --recommended swap, from the memory. */
uint64_t plan_swap_mib(const struct facts *facts, bool hibernation);
/* plan_span.c: nothing that is cleared may be a part of something that other disks hold too. ERR_MACHINE. */
int plan_span(const struct planner *p, struct err *err);
/* plan_lvm.c */
int plan_lvm(struct planner *p, struct err *err);
/* plan_mounts.c: fstab and root=. */
int plan_mounts(struct planner *p, struct err *err);

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
void disk_size_print(uint64_t bytes, struct buf *b);
/* The stable id, or the path through the machine, or (when there is neither) the kernel's name. */
const char *disk_id(const struct disk_facts *disk);

#endif
