/* The target while it is made: its file systems below INSTALL_ROOT, the kernel's in them, and what is there
 * before its packages are. */
#ifndef INSTALLER_MOUNTS_H
#define INSTALLER_MOUNTS_H

#include "installer/apply.h"

/* The disks' file systems; run->mounted says that they are there. */
int install_mount(struct install_run *run, struct err *err);
/* The kernel's, which the target's own programs need. */
int install_mount_kernel(struct install_run *run, struct err *err);
/* Undo every mount that this run or an earlier one made, in reverse; what isn't mounted is skipped. */
int install_unmount(struct install_run *run, struct err *err);

/* Save the guests' configurations of the host that goes, before its disks are written. */
int install_guests_save(struct install_run *run, struct err *err);
/* Put them back; nothing where none were saved. */
int install_guests_restore(struct install_run *run, struct err *err);

/* On file systems that are mounted and empty: what comes before the packages, with the %pre-install scripts.
 */
int install_before_packages(struct install_run *run, struct err *err);

#endif
