/* What is private to the machine that a root was: ways into it, and traces of its use. */
#ifndef PACKAGES_IMAGE_PRIVATE_H
#define PACKAGES_IMAGE_PRIVATE_H

#include <stdbool.h>

#include "base/buf.h"

/* Whether a path below the root ("root/.ssh") is left out; a folder's content goes with it. */
bool image_private_skips(const char *path, bool folder);
/* Whether its lines are those of shadow(5) or gshadow(5). */
bool image_private_shadow(const char *path);
/* Append text with "!" for each password, which locks it; "*", that nothing is, stays. */
void image_private_lock(const char *text, struct buf *ret);

#endif
