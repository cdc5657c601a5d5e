/* The guests' configurations of a host that is installed over with --keep-vg: /etc/xen, /etc/libvirt/libxl.
 */
#ifndef INSTALLER_GUESTS_H
#define INSTALLER_GUESTS_H

#include "installer/disk/disk.h"

/*
 * Mount the old root read-only on dir, if the plan keeps a group and formats that root, and save the
 * configurations to tar (0600). A tar that is there already is kept: the try before this one made it, and the
 * old root may be gone since.
 */
int guests_save(const struct disk_plan *plan, const char *dir, const char *tar, struct door *door,
		struct err *err);
/* Put back what guests_save saved; nothing without a tar. */
int guests_restore(const char *tar, const char *root, struct door *door, struct err *err);

/* Their parts, on folders. */
int guests_save_tree(const char *root, const char *tar, struct err *err);
int guests_restore_tree(const char *tar, const char *root, struct err *err);

#endif
