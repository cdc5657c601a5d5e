/*
 * The mark that an install leaves on its disks: which host this is, and the token for installing over it.
 *
 * It is text in the 4096 bytes below 1 MiB, where neither a GPT, an MBR, GRUB's core image nor a partition
 * that starts at 1 MiB reaches, so it can be read without mounting anything, whatever the layout. It names
 * the partition table that it was written for: another system's new table makes it void.
 */
#ifndef FACTS_MARK_H
#define FACTS_MARK_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "facts/facts.h"

#define MARK_START (((uint64_t)1 << 20) - 4096) /* bytes */
#define MARK_LEN   4096
#define MARK_ID    32 /* hex digits of an install's random id */

/* What the mark on a disk with that table says; NULL: it has none, or one that doesn't fit. */
const struct disk_host *mark_parse(struct arena *a, const char *text, size_t len, const char *table_uuid);
/* Fill block with the mark of an install. installed is in ISO 8601. */
void mark_make(const char *id, const char *hostname, const char *installed, const char *table_uuid,
	       char block[MARK_LEN]);
/* The token of an install, "k7qm-3f9d-x2ab": from its id by hash. */
const char *mark_token(struct arena *a, const char *id);
/* The UUID of a disk's partition table; NULL: it has none. */
const char *mark_table(const struct disk_facts *d);

#endif
