/*
 * Many files at once over few connections (libcurl's multi interface, one thread), each read as a stream
 * while it arrives.
 *
 * A file is asked from its mirrors in turn: see mirrors.h. Memory is bounded: a window of streams is under
 * way, and a stream that nobody reads pauses after a little. A transfer that breaks is taken up where it
 * broke.
 */
#ifndef PACKAGES_DOWNLOAD_H
#define PACKAGES_DOWNLOAD_H

#include "packages/packages.h"

struct downloads;
struct stream;

/* Start fetching; items are read in this order. They must outlive the downloads. */
struct downloads *downloads_new(const struct pkg_request *req, const struct pkg_item *const *items, size_t n,
				struct log *log);
/* Stops what is under way. */
void downloads_free(struct downloads *d);

/* The next stream, for the calling thread alone; NULL when all are taken. Every one taken must be read or
 * given up with stream_done: the window moves on with it. */
struct stream *downloads_next(struct downloads *d);
const struct pkg_item *stream_item(const struct stream *s);
/*
 * Wait for the next bytes: their number, 0 at the end, -1 with err (ERR_FETCH). *data is valid until the next
 * call.
 */
ssize_t stream_read(struct stream *s, const void **data, struct err *err);
void stream_done(struct stream *s);
/*
 * All was read, and it is not what it should be: read it anew, from another mirror, and once more from the
 * same one where there is no other. False if there is nothing left to try.
 */
bool stream_again(struct stream *s);

#endif
