/*
 * Whose a volume is. Where other hosts see a group, its volumes are one host's at a time, and active there
 * alone: by an exclusive lock where lvmlockd(8) locks the group, else by the LVM tag xenith.owner.HOST. A
 * thin volume's pool goes with it. What only this host sees is its own: it is activated, and no more.
 *
 * Volumes are words "VG/LV". A tag is no lock: it is written, left for OWNER_CLAIM_S, and read again, so that
 * of two hosts that wrote at the same time one at most goes on.
 */
#ifndef GUEST_OWNER_H
#define GUEST_OWNER_H

#include "base/door.h"
#include "guest/guest.h"

/* Seconds within which a command of LVM's that has begun is through. */
#define OWNER_CLAIM_S 3

/* Whether other hosts see the group. */
bool guest_vg_elsewhere(const struct guest_vg *vg);
/* Whether it is a tag that keeps others away. */
bool guest_vg_tagged(const struct guest_host *host, const struct guest_vg *vg);
/* The other host that owns a volume, as its tag says (up to a comma); NULL: this one may have it, or try. */
const char *guest_lv_owner(const struct guest_host *host, const struct guest_lv *lv);

/* The other host that owns a volume of the guest; NULL: none, as tags say. free(3). */
char *guest_owner(const struct guest_host *host, const struct guest_known *guest);

/* All of them this host's, and active, or none. ERR_GUEST_DISK names another owner; ERR_TOOL. */
int guest_own(const struct guest_host *host, const struct argv *lvs, struct door *door, struct err *err);
/* One that is only read here, and may be by others. ERR_GUEST_DISK, ERR_TOOL. */
int guest_own_shared(const struct guest_host *host, const char *lv, struct door *door, struct err *err);
/* Not active here, and anybody's, where other hosts see it. Goes on after a failure; the first is returned.
 */
int guest_disown(const struct guest_host *host, const struct argv *lvs, struct door *door, struct err *err);
/* The second half of taking, of volumes that were just made with their owner's tag. ERR_GUEST_DISK. */
int guest_own_confirm(const struct guest_host *host, const struct argv *lvs, struct door *door,
		      struct err *err);

/* For work on the volumes of a guest that may be off: they are this host's meanwhile. */
struct guest_loan {
	const struct guest_host *host;
	struct argv lvs; /* empty while the guest runs: they are this host's anyway */
};

/* Take them if the guest is off. guest_give_back() in any case. ERR_GUEST_DISK, ERR_TOOL. */
int guest_borrow(const struct guest_host *host, const struct guest_known *guest, struct guest_loan *ret,
		 struct door *door, struct err *err);
/* Returns r; if that is 0, what giving back says. */
int guest_give_back(struct guest_loan *loan, int r, struct door *door, struct err *err);

#endif
