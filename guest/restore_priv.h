/* The parts of guest_restore(). What they make is in the journal. */
#ifndef GUEST_RESTORE_PRIV_H
#define GUEST_RESTORE_PRIV_H

#include "base/argv.h"
#include "base/buf.h"
#include "base/hash.h"
#include "base/json.h"
#include "guest/journal.h"
#include "guest/restore.h"
#include "guest/stream.h"

struct archive;
struct archive_entry;

struct restore {
	struct guest_host host;
	const struct guest_restore *want;
	struct stream *from;
	struct archive *a;
	struct door *door;
	struct err *err;
	char block[1 << 16];
	struct guest_journal j;
	bool open;            /* the journal */
	json_t *old, *config; /* configurations: of the backup, of what is made */
	struct argv places;   /* "VDEV\nPATH" of the disks to come */
	struct argv lvs;      /* "VG/LV" of those that are made */
	struct argv sums;     /* "SUM  NAME" of what came */
	json_t *record;
	bool whole;
};

/* restore.c: ERR_FETCH; the error that is there already, if one is. */
int grestore_damaged(struct restore *rd, const char *what);
/* restore_config.c: read guest.cfg, give it its new name and its disks their places, open the journal. */
int grestore_config(struct restore *rd, const struct buf *text);
/* restore_disk.c: make the place of the disk that the entry is, and fill it; its sum goes to rd->sums. */
int grestore_disk(struct restore *rd, struct archive_entry *e, const char *name);

#endif
