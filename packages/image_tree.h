/* A root file system as a tar archive, without what makes a host itself. */
#ifndef PACKAGES_IMAGE_TREE_H
#define PACKAGES_IMAGE_TREE_H

#include <stdbool.h>

#include "base/err.h"
#include "packages/image_frames.h"

/* Times after epoch_s become it, unless it is negative. Sorted, with numeric owners. used: without what is
 * private to the machine that root was (image_private.h). */
int image_tree_write(const char *root, int64_t epoch_s, bool used, struct frames *frames, struct err *err);
/* Whether a path below the root ("etc/hostname") is left out; a folder's content goes with it. */
bool image_tree_skips(const char *path);

#endif
