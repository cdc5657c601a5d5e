/* A running guest to another host. */
#ifndef GUEST_MIGRATE_H
#define GUEST_MIGRATE_H

#include "base/door.h"
#include "guest/guest.h"
#include "guest/migrate_host.h"

/*
 * migrate_check.c, pure: everything that speaks against it, a line each into wrong: Xen older there, a
 * bridge, a volume group (by UUID) or a volume that is not there, a processor that lacks features, too little
 * memory, a guest of that name. same: it is the very same host.
 */
void guest_migrate_check(const struct guest_host *host, const struct guest_known *guest,
			 const struct migrate_host *here, const struct migrate_host *there, bool same,
			 struct buf *wrong);

/*
 * Check, then `xl migrate`; volumes on shared groups change their owner with the guest, and all that is kept
 * of it beside them moves too. to: what ssh(1) reaches as root. ERR_MACHINE: all that speaks against it.
 */
int guest_migrate(const struct guest_host *host, const struct guest_known *guest, const char *to,
		  bool check_only, struct door *door, struct err *err);

#endif
