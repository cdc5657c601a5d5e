/* An image's frames as they arrive, each checked: by a thread of its own, a few frames ahead. */
#ifndef PACKAGES_IMAGE_STREAM_H
#define PACKAGES_IMAGE_STREAM_H

#include "packages/image_priv.h"

struct image_stream;

struct image_stream *image_stream_new(const struct image *image);
/* image_stream_next ends soon, in whatever thread it is; the stream must still be freed. */
void image_stream_stop(struct image_stream *s);
void image_stream_free(struct image_stream *s);
/*
 * Wait for the next frame (still compressed); *ret belongs to the caller then. 1: a frame, 0: the end, and
 * the whole file has the checksum that was wanted, negative: ERR_FETCH.
 */
int image_stream_next(struct image_stream *s, struct buf *ret, struct err *err);

#endif
