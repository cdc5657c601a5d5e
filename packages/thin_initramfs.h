/* Building an initramfs from thin copies of the modules (thin.h), with the true ones in the result. */
#ifndef PACKAGES_THIN_INITRAMFS_H
#define PACKAGES_THIN_INITRAMFS_H

#include <stdbool.h>

#include "base/door.h"
#include "packages/packages.h"

/*
 * Make /boot/initrd.img-VERSION below root by its own update-initramfs(8). False if it could not be made this
 * way, and must be in the ordinary one: no thin copies, or a mkinitramfs that does not do as expected.
 *
 * In a mount namespace of the child's own, the thin copies lie over the true modules while dracut-install and
 * depmod read them. The last that mkinitramfs does with modules is to run depmod: then the true ones replace
 * those that were copied.
 */
bool thin_initramfs(const char *root, const char *version, struct door *door, struct pkg_progress *progress);

#endif
