/* The guest's disks, made. */
#ifndef GUEST_VOLUME_H
#define GUEST_VOLUME_H

#include "guest/guest.h"
#include "guest/journal.h"

/* Make all that the plan makes, in order, each in the journal first. owner: this host, for volumes that other
 * hosts see too. ERR_TOOL, ERR_SYS. */
int guest_volumes_make(const struct guest_plan *plan, const struct guest_host *host, struct guest_journal *j,
		       struct door *door, struct err *err);
/*
 * See to it that this host alone has the volume: activated exclusively where lvmlockd locks the group, by its
 * owner's tag where other hosts see it without a lock. ERR_MACHINE names the other owner.
 */
int guest_volume_own(const struct guest_host *host, const char *vg, const char *lv, struct door *door,
		     struct err *err);

#endif
