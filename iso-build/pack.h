/* How an archive's bytes get into a file: stored, or compressed as the kernel's decoders take it. */
#ifndef ISO_BUILD_PACK_H
#define ISO_BUILD_PACK_H

#include <archive.h>
#include <lzma.h>
#include <zstd.h>

#include "base/err.h"

enum pack_method { PACK_STORED, PACK_ZSTD, PACK_XZ };

struct packer {
	enum pack_method method;
	int fd; /* borrowed */
	lzma_stream xz;
	ZSTD_CCtx *zstd;
	uint8_t out[65536];
};

/* Everything that is written to a goes through p to fd; level is zstd's, 1 to 19. False if a tells why. */
bool pack_open(struct packer *p, struct archive *a, enum pack_method method, int level, int fd);
void pack_clear(struct packer *p);

#endif
