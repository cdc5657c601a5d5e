/* What is kept of a guest beside its xl.cfg: /etc/xenith/guests/NAME.json (0600). */
#ifndef GUEST_RECORD_H
#define GUEST_RECORD_H

#include "base/door.h"
#include "base/json.h"

#define GUEST_RECORD_DIR "/etc/xenith/guests"

int guest_record_write(const char *name, const json_t *record, struct door *door, struct err *err);
/* The record as it is now; a new object where there is none. Never NULL. */
json_t *guest_record_read(const char *name);

#endif
