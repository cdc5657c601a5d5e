/*
 * Programs that take the place of others in maintainer scripts, while a root is configured: for what is done
 * once and beside dpkg (depmod, update-initramfs, update-ca-certificates), and for what is called so often
 * that starting it is most of the work (deb-systemd-helper).
 */
#ifndef PACKAGES_STAND_INS_H
#define PACKAGES_STAND_INS_H

#include "base/door.h"

/* The folder to search first (PATH), below the root. */
#define STAND_IN_PATH  "/var/cache/xenith/bin"
/* Below the root: the packages that called update-initramfs, one a line. */
#define STAND_IN_CALLS "var/cache/xenith/update-initramfs"
/* Below the root; exists when a script called update-ca-certificates. */
#define STAND_IN_CERTS "var/cache/xenith/update-ca-certificates"

int stand_ins_write(const char *dir, struct door *door, struct err *err);

#endif
