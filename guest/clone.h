/* A guest made of another one, with an identity of its own. */
#ifndef GUEST_CLONE_H
#define GUEST_CLONE_H

#include "base/door.h"
#include "guest/guest.h"

/*
 * Its volumes copied, or snapshots of thin ones, its configuration under a new name, its root's identity made
 * new (*own; not on a disk with partitions). The guest must be off. What was made is taken back after a
 * failure. ERR_MACHINE, ERR_SYS, ERR_TOOL.
 */
int guest_clone(const struct guest_host *host, const struct guest_known *guest, const char *name, bool *own,
		struct door *door, struct err *err);

#endif
