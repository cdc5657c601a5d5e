/* What an opened image knows; shared by its two halves. */
#ifndef PACKAGES_IMAGE_PRIV_H
#define PACKAGES_IMAGE_PRIV_H

#include "packages/image.h"
#include "packages/image_format.h"

struct image {
	char *url, *shown, *proxy; /* shown: without a password */
	bool insecure;
	struct log *log;
	struct image_manifest manifest;
	struct buf head;     /* the file up to the first frame */
	char *file_checksum; /* wanted of the whole file, or NULL */
};

#endif
