/* What is kept of a guest: its xl.cfg, and beside it /etc/xenith/guests/NAME.json (both 0600). */
#ifndef GUEST_RECORD_H
#define GUEST_RECORD_H

#include "base/door.h"
#include "base/json.h"
#include "guest/journal.h"

#define GUEST_RECORD_DIR "/etc/xenith/guests"

int guest_record_write(const char *name, const json_t *record, struct door *door, struct err *err);
/* The record as it is now; a new object where there is none. Never NULL. */
json_t *guest_record_read(const char *name);
/* "disks" of a record: {kind, path} of each place, which is "ANYTHING\nPATH". */
void guest_record_disks(json_t *record, const char *kind, const struct argv *places);
/* Write a new guest's xl.cfg, which says what of xenith wrote it, and its record; the journal has both first.
 */
int guest_files_write(const char *name, const char *by, const json_t *config, const json_t *record,
		      struct guest_journal *j, struct door *door, struct err *err);

#endif
