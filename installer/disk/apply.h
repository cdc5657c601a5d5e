/* The steps of disk_apply. Private to this folder, and to its tests. */
#ifndef INSTALLER_DISK_APPLY_H
#define INSTALLER_DISK_APPLY_H

#include "installer/disk/disk.h"

/*
 * Switch off, unmount and stop all that stands on a disk: swap, mounts, LVs and other dm devices, md arrays,
 * top down. Other disks of an array or VG aren't touched. ERR_MACHINE if the running system's root is on it.
 */
int disk_stop(const struct disk_facts *disk, struct door *door, struct err *err);

/*
 * Overwrite every signature that libblkid knows, on the disk, on its old partitions (also those without a
 * node) and where the new ones will be, then their ends; have the kernel forget the old partitions; read it
 * all back. ERR_MACHINE if the disk is still in use or a signature is still there.
 */
int disk_wipe(const struct disk_target *t, struct door *door, struct err *err);

/* Write the GPT and tell the kernel; ERR_SYS with libparted's words. */
int disk_table(const struct disk_target *t, struct err *err);

/* Wait for a block device's node (udev, devtmpfs); size_bytes 0: of any size. ERR_SYS after ten seconds. */
int disk_wait_node(const char *path, uint64_t size_bytes, struct door *door, struct err *err);

/* pvcreate, vgcreate and lvcreate of all the plan's VGs. LVM is shown no other device than the VG's own. */
int disk_lvm(const struct disk_plan *plan, struct door *door, struct err *err);

/* Make the arrays; a resync goes on behind the install. */
int disk_raids(const struct disk_plan *plan, struct door *door, struct err *err);

/* Encrypt and open: the devices on LVs, or the others. The passphrase goes to cryptsetup's standard input. */
int disk_luks(const struct disk_plan *plan, bool on_lv, struct door *door, struct err *err);

/* mkfs.btrfs over several devices, and subvolumes. */
int disk_btrfs(const struct disk_plan *plan, struct door *door, struct err *err);

/* disk_wait_node through the door. */
int disk_wait_dev(const char *node, struct door *door, struct err *err);

/* Let udev finish what it was told, where it runs. */
int disk_settle(struct door *door, struct err *err);

/* umount2(2), tried for some seconds while it is busy; what is not mounted is no error. */
int disk_umount_busy(const char *target, int flags, struct err *err);

#endif
