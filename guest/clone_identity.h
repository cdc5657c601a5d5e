/* What a root file system says of the machine that it is of. */
#ifndef GUEST_CLONE_IDENTITY_H
#define GUEST_CLONE_IDENTITY_H

#include "base/door.h"
#include "base/json.h"

/*
 * Make what the root file system on a disk (whole, without partitions) says of itself another one's: host
 * name, machine-id, ssh host keys, the MAC in its network file. A disk with partitions stays as it is; *done
 * says which. The configurations are those of the old guest and of the new one. ERR_SYS, ERR_TOOL.
 */
int guest_clone_identity(const char *disk, const char *old_name, const char *name, const json_t *old_config,
			 const json_t *config, bool *done, struct door *door, struct err *err);

#endif
