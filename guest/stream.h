/*
 * Bytes to and from where backups lie: a file, a file of another host by ssh(1) ("ssh://USER@HOST/PATH"), or
 * an HTTP(S) URL (PUT and GET).
 */
#ifndef GUEST_STREAM_H
#define GUEST_STREAM_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"

struct stream;

/* A file appears under its name only when it is whole. ERR_SYS, ERR_TOOL, ERR_USAGE: no such kind of place.
 */
int stream_create(const char *to, struct stream **ret, struct err *err);
int stream_open(const char *from, struct stream **ret, struct err *err);
int stream_put(struct stream *s, const void *data, size_t len, struct err *err);
/* Bytes, 0 at the end, negative: err. */
ssize_t stream_get(struct stream *s, void *data, size_t len, struct err *err);
/* End it. whole false: what was written so far is dropped where that can be done. Frees s. */
int stream_close(struct stream *s, bool whole, struct err *err);

#endif
