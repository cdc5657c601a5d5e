/* Bytes into zstd frames of equal size, compressed on all processors, in their order. */
#ifndef PACKAGES_IMAGE_FRAMES_H
#define PACKAGES_IMAGE_FRAMES_H

#include "packages/image_format.h"

struct frames;

/* Frames go to fd; they are entered in manifest. */
struct frames *frames_new(int fd, unsigned level, struct image_manifest *manifest);
/* 0, or -1 with errno: the file can't be written. */
int frames_add(struct frames *f, const void *data, size_t len);
/* Write what is left; 0, or -1 with errno. */
int frames_finish(struct frames *f);
void frames_free(struct frames *f);

#endif
