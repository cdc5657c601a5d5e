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

#endif
