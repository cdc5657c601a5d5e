/*
 * The embed area: 64 KiB of the medium for what belongs to one host, its kickstart file and words for the
 * kernel's command line. GRUB loads it behind the initramfs, which it is a part of: a cpio archive, then
 * zeros. It is replaced in place, so that one image serves many hosts and nothing is built again.
 */
#ifndef ISO_BUILD_EMBED_H
#define ISO_BUILD_EMBED_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

#define EMBED_BYTES 65536
#define EMBED_FILE  "boot/embed" /* in the ISO's tree */

/*
 * The area's content, EMBED_BYTES long, from a kickstart file's text and from words; each may be NULL.
 * ERR_INPUT if it doesn't fit. The same input gives the same bytes.
 */
int embed_make(const struct buf *ks, const char *words, struct buf *ret, struct err *err);

/*
 * Find the area in an ISO that was just written, and record where it is: in the primary volume descriptor's
 * 512 bytes for applications (ECMA-119, 8.4.32). All of the system area before it belongs to the partition
 * tables, which have a checksum. ERR_SYS.
 */
int embed_record(const char *iso, struct err *err);

/* Replace the area of an ISO in place. ERR_INPUT if it has none. */
int embed_write(const char *iso, const struct buf *area, struct err *err);

#endif
