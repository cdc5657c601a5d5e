/* A logvol line as it is wanted: what plan_lv.c and plan_lvm.c share. Private to this folder. */
#ifndef INSTALLER_DISK_PLAN_LV_H
#define INSTALLER_DISK_PLAN_LV_H

#include "installer/disk/grow.h"
#include "installer/disk/plan.h"

#define PE_KIB 4096 /* LVM's default */

/* What an LV is made of, in units of one extent (of 1 MiB where extents are smaller). */
struct lv_want {
	const struct ks_logvol *ks;
	struct plan_hold hold; /* of all but a thin pool */
	const char *name;
	struct grow g;
	uint64_t percent;
	uint64_t metadata; /* units; of a thin pool */
};

/* What a line asks for, in units of that many MiB; ERR_INPUT for what can't be done. */
int lv_want(struct planner *p, const struct ks_logvol *ks, uint64_t unit, struct lv_want *w, struct err *err);

#endif
