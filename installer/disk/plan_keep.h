/* What the files of plan_keep share. */
#ifndef INSTALLER_DISK_PLAN_KEEP_H
#define INSTALLER_DISK_PLAN_KEEP_H

#include "installer/disk/plan.h"

struct keep {
	struct planner *p;
	const struct vg_facts *vg;
	struct ks *ks; /* what is put in the file's place */
};

/* Find the group that guard --keep-vg names: there is one, and it is whole. */
int keep_find_group(struct keep *k, struct err *err);
/* Whether a disk holds a part of the group. */
bool keep_has_disk(const struct keep *k, const struct disk_facts *d);
/* The one partition of the kept disks (of one of them, where the line names it). NULL: none, or several. */
const struct disk_part *keep_part_for(const struct keep *k, const char *mntpoint, const char *ondisk);

#endif
