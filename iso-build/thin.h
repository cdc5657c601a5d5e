/* The thin image: iPXE for BIOS and UEFI, which fetches kernel and installer by HTTP from a folder of pxe.h.
 */
#ifndef ISO_BUILD_THIN_H
#define ISO_BUILD_THIN_H

#include "iso-build/image.h"

/*
 * Write image->tree and image->work, and set image's loaders. url: where the folder of xenith pxe build is
 * served; parts: a folder in which the package ipxe was unpacked. ERR_USAGE for a wrong URL, ERR_MACHINE if
 * iPXE's files aren't there.
 */
int thin_boot_files(struct image_opts *image, const char *url, const char *parts, struct door *door,
		    struct err *err);
void thin_clear(struct image_opts *image);

/* iPXE's script; pure. */
void thin_script(const char *url, struct buf *ret);

#endif
