/* The parts of an image's file that its writer and its reader share. */
#ifndef PACKAGES_IMAGE_FORMAT_H
#define PACKAGES_IMAGE_FORMAT_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"

/* Skippable frames (RFC 8878, 3.1.2). */
#define IMAGE_MAGIC_MANIFEST  0x184D2A5Au
#define IMAGE_MAGIC_SIGNATURE 0x184D2A5Bu
#define IMAGE_MAGIC_SEEK      0x184D2A5Eu
#define IMAGE_SEEKABLE        0x8F92EAB1u
#define IMAGE_SKIP_HEAD       8 /* bytes: magic, length */

struct image_frame {
	uint64_t offset; /* in the file */
	uint32_t len, unpacked_len;
	char sha256[HASH_HEX_LEN + 1];
};

struct image_manifest {
	struct buf text;
	char *packages; /* "NAME VERSION ARCH" lines */
	struct image_frame *frames;
	size_t n, cap;
	uint64_t unpacked_bytes;
};

void image_put_u32(struct buf *b, uint32_t value);
uint32_t image_get_u32(const char *p);

/* Write manifest->text of all else. */
void image_manifest_print(struct image_manifest *manifest);
/* Fill all else from manifest->text; the first frame begins at offset. ERR_FETCH. */
int image_manifest_parse(struct image_manifest *manifest, uint64_t offset, struct err *err);
void image_manifest_clear(struct image_manifest *manifest);

#endif
