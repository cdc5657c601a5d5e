/* The guest's disks, made. */
#ifndef GUEST_VOLUME_H
#define GUEST_VOLUME_H

#include "guest/guest.h"
#include "guest/journal.h"

/* A logical volume to make for a guest. */
struct guest_lv_new {
	const char *guest, *vg, *lv;
	uint64_t bytes;
	const char *pool;   /* thin, in that pool; NULL: thick */
	const char *origin; /* a copy of this thin volume, as large as that */
};

/*
 * Make it, in the journal first, active and this host's: guest_own_confirm() is to follow where other hosts
 * see the group, before anything is written to it. It is not activated by itself there when a host boots.
 * ERR_TOOL, ERR_SYS.
 */
int guest_lv_make(const struct guest_host *host, const struct guest_lv_new *new, struct guest_journal *j,
		  struct door *door, struct err *err);
/* Make all that the plan makes, in order, each in the journal first; those that are there become this host's.
 * ERR_TOOL, ERR_SYS, ERR_GUEST_DISK. */
int guest_volumes_make(const struct guest_plan *plan, const struct guest_host *host, struct guest_journal *j,
		       struct door *door, struct err *err);
/* All of them that are logical volumes of the guest's own, as "VG/LV". */
void guest_plan_lvs(const struct guest_plan *plan, struct argv *ret);

#endif
