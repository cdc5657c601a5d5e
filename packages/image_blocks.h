/* An image's frames, decompressed by a thread of its own while those before them are written. */
#ifndef PACKAGES_IMAGE_BLOCKS_H
#define PACKAGES_IMAGE_BLOCKS_H

#include "packages/image_stream.h"

struct image_blocks;

/* Begin to stream the image, which must outlive it. */
struct image_blocks *image_blocks_new(const struct image *image);
void image_blocks_free(struct image_blocks *b);
/*
 * The next block of the archive, valid until the next call: its length, 0 at the end, -1 with err.
 * *packed_len gets what it took of the image.
 */
ssize_t image_blocks_next(struct image_blocks *b, const void **data, size_t *packed_len, struct err *err);

#endif
