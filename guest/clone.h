/* A guest made of another one, with an identity of its own. */
#ifndef GUEST_CLONE_H
#define GUEST_CLONE_H

#include "base/door.h"
#include "guest/guest.h"
#include "guest/journal.h"

/*
 * config under a new name: name, uuid, MACs (and no fixed interface names), and each writable disk at a new
 * place: an LV or file named as the guest. places gets "OLD\nNEW" a disk. Pure. ERR_MACHINE: something is
 * taken.
 */
int guest_clone_config(const struct guest_host *host, const json_t *config, const char *name, json_t **ret,
		       struct argv *places, struct err *err);
/*
 * Make what the root file system on a disk (whole, without partitions) says of itself another one's: host
 * name, machine-id, ssh host keys, the MAC in its network file. A disk with partitions stays as it is; *done
 * says which.
 */
int guest_clone_identity(const char *disk, const char *old_name, const char *name, const json_t *old_config,
			 const json_t *config, bool *done, struct door *door, struct err *err);
/* All of it; the guest must be off. What was made is taken back after a failure. */
int guest_clone(const struct guest_host *host, const struct guest_known *guest, const char *name, bool *own,
		struct door *door, struct err *err);

#endif
