/*
 * What a create has made so far, in /var/lib/xenith/guests/NAME/journal: each line is on the disk before the
 * thing is made, so that whatever ends the program, the next one can take it back.
 */
#ifndef GUEST_JOURNAL_H
#define GUEST_JOURNAL_H

#include "base/door.h"

#define GUEST_STATE_DIR "/var/lib/xenith/guests"

struct guest_journal {
	char *name, *dir, *path; /* of the guest, its folder, the file */
	int fd;                  /* holds the lock; -1: not open */
};

/* Begin (the folder is made). ERR_MACHINE if another program is at work on this guest. */
int guest_journal_open(const char *name, struct guest_journal *ret, struct err *err);
void guest_journal_close(struct guest_journal *j);
/* Whether an earlier create of this guest came to no end. */
bool guest_journal_unfinished(const struct guest_journal *j);
/*
 * "lv VG/NAME", "file PATH", "mount DIR", "config PATH", "link PATH", "domain NAME", "state PATH"; of a disk
 * that is looked into (inside.c) "loop DISK", "group NAME PV,PV". ERR_SYS.
 */
int guest_journal_add(struct guest_journal *j, const char *kind, const char *what, struct err *err);
/*
 * Take back all of it, the last first, and empty the journal. An LV goes only if its tag says that it was
 * made for this guest. Goes on after a failure; the first one is returned.
 */
int guest_journal_undo(struct guest_journal *j, struct door *door, struct err *err);
/* If an earlier program came to no end with this guest, take back what it made. *found says so. */
int guest_journal_recover(const char *name, struct door *door, bool *found, struct err *err);
/* All is made: nothing is to be taken back any more. */
int guest_journal_done(struct guest_journal *j, struct err *err);

#endif
