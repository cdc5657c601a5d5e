/*
 * A guest in one stream: a pax archive in zstd frames, so that `tar -x` reads it:
 *   guest.cfg, guest.json   configuration and record
 *   disk/XVDX               each disk of its own; holes are holes
 *   SHA256SUMS              of all before it, as sha256sum(1) prints: a stream without it is cut short
 */
#ifndef GUEST_BACKUP_H
#define GUEST_BACKUP_H

#include "base/door.h"
#include "base/hash.h"
#include "guest/guest.h"

struct guest_backup_sums {
	uint64_t bytes, disk_bytes;
	char sha256[HASH_HEX_LEN + 1]; /* of the stream */
};

/*
 * Write it to a file, ssh: or http(s): URL. A running guest: from a snapshot of its LVs, which is removed
 * behind; a guest on files is paused as long as it takes.
 */
int guest_backup(const struct guest_host *host, const struct guest_known *guest, const char *to,
		 unsigned level, struct guest_backup_sums *ret, struct door *door, struct err *err);

struct guest_restore {
	const char *from;
	const char *name; /* another one: with MACs and uuid of its own; NULL: as it was */
	const char *vg;   /* its LVs go there; NULL: where they were */
	const char *dir;  /* its disks become files there; NULL */
};

/*
 * Make the guest again, off: nothing that is there is overwritten, and each disk must have its sum, else all
 * that was made is taken back. ERR_FETCH: cut short or changed.
 */
int guest_restore(const struct guest_host *host, const struct guest_restore *restore, char **name,
		  struct door *door, struct err *err);

#endif
