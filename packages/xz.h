/*
 * Decompressing xz (liblzma), by the fastest liblzma at hand.
 *
 * Most of the work of unpacking Debian's packages is decompressing them, and liblzma 5.8 takes half the time
 * of 5.4. So once the new system's own liblzma is unpacked and its hash was checked, it is used from then on,
 * if it is newer than the one that this program came with and runs on this C library.
 */
#ifndef PACKAGES_XZ_H
#define PACKAGES_XZ_H

#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/log.h"

struct xz_lib;

/* A newer liblzma below root; NULL if there is none. root may be unmounted afterwards. */
struct xz_lib *xz_lib_open(const char *root, struct log *log);
void xz_lib_close(struct xz_lib *lib);

struct xz;

/* Where the compressed bytes come from: their number, 0 at the end, -1 on failure. */
typedef ssize_t (*xz_read_fn)(void *arg, const void **data);

/* lib NULL: the one that this program came with. */
struct xz *xz_new(const struct xz_lib *lib, xz_read_fn fn, void *arg);
void xz_free(struct xz *xz);
/* Begin anew with another stream from the same source function. */
void xz_restart(struct xz *xz);
/* The most that xz_read returns at once, for those who may stop early; 256 KiB if not set, and at most. */
void xz_set_step(struct xz *xz, size_t bytes);
/* The next decompressed block, valid until the next call: its length, 0 at the end, -1 on failure. */
ssize_t xz_read(struct xz *xz, const void **data);
/* Why xz_read failed; NULL if the source did. */
const char *xz_why(const struct xz *xz);

#endif
