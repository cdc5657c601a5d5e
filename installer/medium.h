/* Packages from a medium: `cdrom` and `harddrive` of the kickstart file. */
#ifndef INSTALLER_MEDIUM_H
#define INSTALLER_MEDIUM_H

#include "base/door.h"
#include "facts/facts.h"
#include "kickstart/ks.h"
#include "packages/packages.h"

/* Whether the file says that the packages come from one. */
bool medium_wanted(const struct ks *ks);

/*
 * Mount it, and put its sources in front of the request's. cdrom: any drive, disk or RAM disk with an ISO
 * 9660 file system that has PKG_COPY_FOLDER. harddrive: the partition by its node, LABEL= or UUID=; --dir is
 * the folder that holds PKG_COPY_FOLDER or one such image. On the boot medium a device may take
 * KS_MEDIUM_WAIT_S seconds to appear. Strings belong to arena. ERR_MACHINE.
 */
int medium_open(const struct ks *ks, const struct facts *facts, struct door *door, struct pkg_request *req,
		struct arena *arena, struct err *err);
/* Unmount it, if it is mounted. */
void medium_close(struct door *door);

#endif
