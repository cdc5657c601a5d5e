/* The installed system's part of a SAN: what makes multipath and LVM take this host's LUNs and no others. */
#ifndef INSTALLER_TARGET_SAN_H
#define INSTALLER_TARGET_SAN_H

#include "base/door.h"
#include "installer/disk/disk.h"
#include "multipath/plan.h"

/* Packages: multipath-tools and lvm2, and with root on a LUN multipath-tools-boot. */
void san_packages(const struct mpath_plan *san, struct argv *want);
/* The files that the initramfs must hold as they are in the root, without a leading slash; NULL-terminated.
 */
const char *const *san_initramfs_files(const struct mpath_plan *san, const struct disk_plan *disk);

/*
 * multipath.conf, wwids, /etc/xenith/luns, LVM's devices file (PVs of the disk plan and the LUNs' maps, so
 * that neither paths nor guests' volumes are looked at), the hook that takes these into the initramfs;
 * multipathd is enabled. Into the mounted root, with /dev, /sys and /run in it, before the initramfs is made.
 * Does nothing without LUNs.
 */
int san_apply(const struct mpath_plan *san, const struct ks *ks, const struct disk_plan *disk,
	      const char *root, struct door *door, struct err *err);

#endif
