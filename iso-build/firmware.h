/* Firmware that drivers load from files. */
#ifndef ISO_BUILD_FIRMWARE_H
#define ISO_BUILD_FIRMWARE_H

#include "base/argv.h"
#include "base/door.h"

/*
 * Copy the named files ("bnx2x/bnx2x-e2-7.13.21.0.fw") from the unpacked packages in parts to
 * DIR/usr/lib/firmware, compressed with xz as the kernel reads them (Linux, CONFIG_FW_LOADER_COMPRESS_XZ).
 * Names that no package has are logged: some are of hardware that Debian has no firmware for, or of older
 * versions. ERR_MACHINE if there is none at all.
 */
int firmware_copy(struct argv *names, const char *parts, const char *dir, struct door *door, struct err *err);

#endif
