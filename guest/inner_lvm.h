/*
 * LVM that a guest has on its own disks: commands that see its physical volumes alone, whatever this host's
 * groups are called. pvs: their paths with commas between them. ERR_TOOL.
 */
#ifndef GUEST_INNER_LVM_H
#define GUEST_INNER_LVM_H

#include "base/door.h"
#include "guest/lvm_report.h"

int inner_lvm_activate(const char *group, bool active, const char *pvs, struct door *door, struct err *err);
/* New UUIDs and another name for their group. vgrename(8) would not take a name that an active group of this
 * host has. */
int inner_lvm_rename(const char *name, const char *pvs, struct door *door, struct err *err);
/* What command reports of them as JSON: *ret gets the rows of that kind (lvm_report.h), for json_decref(). */
int inner_lvm_ask(const char *command, const char *kind, const char *fields, const char *pvs,
		  struct door *door, json_t **ret, struct err *err);

#endif
