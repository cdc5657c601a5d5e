/* The ready template of an image: what it says of the root that the image was made of. */
#ifndef GUEST_TEMPLATE_KS_H
#define GUEST_TEMPLATE_KS_H

#include <time.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

/* Each NULL where the root doesn't say it, or not in a word that a template could hold. */
struct template_root {
	struct arena arena;
	const char *release, *suite; /* "13", "trixie" */
	const char *lang, *keyboard, *timezone;
};

struct template_image {
	const char *guest;    /* that it was made of */
	const char *path;     /* absolute */
	const char *checksum; /* of its manifest, hex */
	uint64_t min_mib;     /* of a file system that it fits in */
	time_t made;
};

/*
 * Read it of a mounted root, whose links lead nowhere outside. ERR_MACHINE: it isn't Debian's, or has no
 * kernel at its top, as a root that is written directly has.
 */
int template_root_read(const char *root, struct template_root *ret, struct err *err);
void template_root_clear(struct template_root *root);
/* Pure: the template's text. */
void template_ks_print(const struct template_root *root, const struct template_image *image, struct buf *b);

#endif
