/* A growing byte string, always NUL-terminated behind its length once something was added. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

/* Zero-initialise; buf_clear frees. */
struct buf {
	char *data;
	size_t len;
	size_t cap;
};

#define auto_buf __attribute__((cleanup(buf_clear))) struct buf

void buf_clear(struct buf *b);
void buf_add(struct buf *b, const void *data, size_t len);
void buf_adds(struct buf *b, const char *s);
void buf_addc(struct buf *b, char c);
void buf_addf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_vaddf(struct buf *b, const char *fmt, va_list ap);
/* "12 B", "1.5 GB": decimal units, as disks are sold. */
void buf_add_bytes(struct buf *b, uint64_t bytes);
/* Make room for len more bytes and return where they go; buf_used takes those that were written there. */
char *buf_room(struct buf *b, size_t len);
void buf_used(struct buf *b, size_t len);
/* The content as a C string; "" for an empty buffer. Valid until the next change. */
const char *buf_str(const struct buf *b);
/* Hand the string over (free(3)); the buffer is empty afterwards. Never NULL. */
char *buf_take(struct buf *b);

#endif
