/* The guard against installing over a host that runs: `guard` in %addon xenith. */
#ifndef INSTALLER_GUARD_H
#define INSTALLER_GUARD_H

#include "installer/disk/disk.h"

/*
 * Refuse (ERR_MACHINE) a plan that clears a disk with an earlier install's mark, unless the kickstart file
 * says that install's own token, or "allow". All hosts are named, with what would allow it. Pure.
 */
int guard_check(const struct ks *ks, const struct disk_plan *disk, struct err *err);

/* A host with this token is the one that this very run was about to finish: no disk has a host with it any
 * more. */
void guard_forget(struct facts *facts, const char *token);

#endif
