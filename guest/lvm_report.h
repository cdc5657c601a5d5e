/* What lvm(8) reports as JSON. */
#ifndef GUEST_LVM_REPORT_H
#define GUEST_LVM_REPORT_H

#include "base/json.h"

/* The rows of a report: "vg", "lv", "pv". Borrowed; NULL where there are none. */
const json_t *lvm_rows(const json_t *report, const char *kind);
/* A word of a row, "" if it has none. */
const char *lvm_field(const json_t *row, const char *key);
/* "/dev/mapper/VG-LV", where a hyphen in a name is two. free(3). */
char *lvm_map_path(const char *vg, const char *lv);

#endif
