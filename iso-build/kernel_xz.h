/* .xz files as the kernel reads them: modules (MODULE_INIT_COMPRESSED_FILE) and firmware. */
#ifndef ISO_BUILD_KERNEL_XZ_H
#define ISO_BUILD_KERNEL_XZ_H

#include "base/buf.h"
#include "base/err.h"

/*
 * Append in, compressed, to out: with CRC32, the only check that the kernel's decoder knows (linux:
 * Documentation/staging/xz.rst), and a dictionary no larger than the data, since the kernel allocates it for
 * each file that it unpacks. The same data give the same bytes. ERR_SYS if liblzma fails.
 */
int kernel_xz_pack(const struct buf *in, struct buf *out, struct err *err);

/* Append what in, one or more whole streams, holds to out. ERR_INPUT for what is no sound xz file. */
int kernel_xz_unpack(const struct buf *in, struct buf *out, struct err *err);

#endif
