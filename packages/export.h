/* Files of an NFS export: NFSv3 and v4.0 by libnfs, without a mount; v4.1 and v4.2 by the kernel's client. */
#ifndef PACKAGES_EXPORT_H
#define PACKAGES_EXPORT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"

struct export;

/* nfs:[OPTIONS:]HOST:/PATH as kickstart writes it, or nfs://HOST/PATH[?OPTIONS] as libnfs does. */
bool export_is(const char *url);

/* The URL in kickstart's form, whose options stand in front and stay with whatever part of the path. free(3).
 */
char *export_plain(const char *url);

/*
 * Open a file. OPTIONS are libnfs's (version=3 or 4, nfsport=, mountport=), apart by commas or &; mount(8)'s
 * vers=, nfsvers=, minorversion=, port= and sec= are understood; others of mount(8) don't matter here. Where
 * no version is said, all are tried (export_way.h); where the kernel can't mount, v4.0 is tried in the place
 * of a later version. *e stays connected for the next file of the same archive or folder; NULL at first.
 * ERR_SRC_UNREACHED if there is no such server or export, ERR_SRC_STATUS if the file can't be opened,
 * ERR_KS_URL_FORM for a URL that is none. Not for several threads at once.
 */
int export_open(struct export **e, const char *url, struct err *err);
/* The next bytes from offset: their number, 0 at the end, -1 with ERR_SRC_UNREACHED. */
ssize_t export_read(struct export *e, uint64_t offset, void *data, size_t len, struct err *err);
/* Disconnect. */
void export_free(struct export *e);

/* The whole file; more than max_bytes is ERR_FETCH. */
int export_fetch(const char *url, uint64_t max_bytes, struct buf *ret, struct err *err);

#endif
