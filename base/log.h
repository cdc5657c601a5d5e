/*
 * The log file of a run: one line an entry, "SECONDS.mmm PROGRAM: text", and the last lines of it in memory.
 * Secrets registered with log_mask never reach it. Logging is safe from several threads; register masks
 * before they start.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

struct log;

/* Start a log; path may be NULL (memory only). Appends to an existing file. Never fails on a bad path: logs
 * are not the job. */
struct log *log_new(const char *path);
void log_free(struct log *log);
/* From now on, also write every line to path (with what was logged so far that is still in memory). */
void log_reopen(struct log *log, const char *path);
/* Replace this text by *** wherever it would be logged. Texts under 4 bytes are ignored. */
void log_mask(struct log *log, const char *secret);
/* Apply the masks to b, in place: for texts that go elsewhere (events, bundles). */
void log_mask_buf(const struct log *log, struct buf *b);
/* Log text under a program's name; several lines become several entries. log may be NULL. */
void log_text(struct log *log, const char *prog, const char *text, size_t len);
void log_printf(struct log *log, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Append at most n of the last lines to b. */
void log_tail(struct log *log, size_t n, struct buf *b);

#endif
