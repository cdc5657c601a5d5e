/* What a boot medium takes from an archive: the kernel, signed loaders, iPXE, firmware; their files,
 * unpacked. */
#ifndef ISO_BUILD_PARTS_H
#define ISO_BUILD_PARTS_H

#include "base/door.h"
#include "packages/packages.h"

#define PARTS_KERNEL "linux-image-amd64" /* stands for the package of the newest version */

/* What signs the way to the kernel under Secure Boot; the files' places in an unpacked archive. */
extern const char *const parts_signed_packages[];
#define PARTS_SHIM "usr/lib/shim/shimx64.efi.signed"
#define PARTS_GRUB "usr/lib/grub/x86_64-efi-signed/gcdx64.efi.signed"

/* Firmware of server hardware, from the component non-free-firmware. */
extern const char *const parts_firmware_packages[];

/*
 * Fetch and unpack packages into dir, without what they depend on, which is for systems that boot from disk.
 * A line "NAME VERSION" each is added to versions. ERR_FETCH, ERR_INPUT for a name that the archive doesn't
 * have.
 */
int parts_fetch(const struct pkg_request *archive, const struct argv *names, const char *dir,
		struct door *door, struct buf *versions, struct err *err);

#endif
