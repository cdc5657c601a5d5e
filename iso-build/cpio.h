/* The initramfs: newc cpio archives (linux: Documentation/driver-api/early-userspace/buffer-format.rst),
 * compressed. */
#ifndef ISO_BUILD_CPIO_H
#define ISO_BUILD_CPIO_H

#include <stdint.h>
#include <time.h>

#include "base/argv.h"
#include "base/err.h"

struct cpio_opts {
	int level;                /* of zstd, 1 to 19; 0: xz, which is smaller and takes longer to unpack */
	time_t mtime;             /* of every entry */
	const struct argv *first; /* paths ("/init") that go before the others, in this order; or NULL */
};

/*
 * Append the tree at root to the file at output as one compressed archive: everything belongs to root:root,
 * paths are sorted, so the same tree gives the same bytes. Several archives in one file are unpacked over
 * each other by the kernel. ERR_SYS for what can't be read or written.
 */
int cpio_append(const char *root, const char *output, const struct cpio_opts *opts, struct err *err);

#endif
