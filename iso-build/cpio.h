/* The initramfs: newc cpio archives (linux: Documentation/driver-api/early-userspace/buffer-format.rst). */
#ifndef ISO_BUILD_CPIO_H
#define ISO_BUILD_CPIO_H

#include <stdint.h>
#include <time.h>

#include "base/argv.h"
#include "base/err.h"
#include "iso-build/pack.h"

struct cpio_opts {
	enum pack_method method;  /* of what isn't compressed already */
	int level;                /* of zstd, 1 to 19 */
	time_t mtime;             /* of every entry */
	const struct argv *first; /* paths ("/init") that go before the others, in this order; or NULL */
};

/*
 * Append the tree at root to the file at output: an archive that is compressed, then one that is stored, of
 * the files that are .xz. Everything belongs to root:root, paths are sorted, so the same tree gives the same
 * bytes. Several archives in one file are unpacked over each other by the kernel. ERR_SYS for what can't be
 * read or written.
 */
int cpio_append(const char *root, const char *output, const struct cpio_opts *opts, struct err *err);

#endif
