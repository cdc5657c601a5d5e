/* What the kickstart file says about an image (liveimg), as an image of packages/. */
#ifndef INSTALLER_IMAGE_SOURCE_H
#define INSTALLER_IMAGE_SOURCE_H

#include "kickstart/ks.h"
#include "packages/image.h"

/* Pure. ERR_INPUT with file and line: a URL that images can't be streamed from, no checksum. */
int install_image_check(const struct ks *ks, struct err *err);
/*
 * Fetch and check the image's manifest, and see to it that it holds all packages that this host needs (want:
 * names and @groups). ERR_INPUT names those that are missing, ERR_FETCH.
 */
int install_image_open(const struct ks *ks, const struct argv *want, struct log *log, struct image **ret,
		       struct err *err);

#endif
