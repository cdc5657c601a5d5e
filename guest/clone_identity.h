/* What a root file system says of the machine that it is of. */
#ifndef GUEST_CLONE_IDENTITY_H
#define GUEST_CLONE_IDENTITY_H

#include "base/door.h"
#include "base/json.h"
#include "guest/journal.h"

/*
 * Make what the root file system on these disks ("...\nPATH" each, copies of another guest's) says of itself
 * another one's: host name, machine-id, ssh host keys, MACs in its network's files, the UUIDs of its volume
 * groups. *done: a root was found (inside.h); else the disks stay as they are but for the groups. The
 * configurations are those of the old guest and of the new one. What is set up for it is in the journal
 * before. ERR_SYS, ERR_TOOL.
 */
int guest_clone_identity(const struct argv *disks, const char *old_name, const char *name,
			 const json_t *old_config, const json_t *config, struct guest_journal *j, bool *done,
			 struct door *door, struct err *err);

#endif
