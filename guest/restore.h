/* A guest made again from its backup (guest/backup.h has the format). */
#ifndef GUEST_RESTORE_H
#define GUEST_RESTORE_H

#include "base/door.h"
#include "guest/guest.h"

struct guest_restore {
	const char *from; /* a file, ssh: or http(s): URL */
	const char *name; /* another one: with MACs and uuid of its own; NULL: as it was */
	const char *vg;   /* its LVs go there; NULL: where they were */
	const char *dir;  /* its disks become files there; NULL */
};

/*
 * Make the guest again, off: nothing that is there is overwritten, and each disk must have its sum, else all
 * that was made is taken back. *name is the caller's. ERR_FETCH: cut short or changed.
 */
int guest_restore(const struct guest_restore *restore, char **name, struct door *door, struct err *err);

#endif
