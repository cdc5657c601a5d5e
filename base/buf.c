#include "base/buf.h"

#include "base/util.h"

void buf_clear(struct buf *b)
{
	free(b->data);
	*b = (struct buf){ 0 };
}

char *buf_room(struct buf *b, size_t len)
{
	size_t want = b->cap ? b->cap : 64;

	while (want - b->len <= len)
		want *= 2;
	if (want != b->cap) {
		b->data = xrealloc(b->data, want);
		b->cap = want;
	}
	b->data[b->len] = '\0';
	return b->data + b->len;
}

void buf_used(struct buf *b, size_t len)
{
	b->len += len;
	b->data[b->len] = '\0';
}

void buf_add(struct buf *b, const void *data, size_t len)
{
	char *p = buf_room(b, len);

	if (len)
		memcpy(p, data, len);
	buf_used(b, len);
}

void buf_adds(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void buf_addc(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void buf_vaddf(struct buf *b, const char *fmt, va_list ap)
{
	va_list again;
	int len;

	va_copy(again, ap);
	len = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (len < 0)
		abort();
	buf_room(b, (size_t)len);
	vsnprintf(b->data + b->len, (size_t)len + 1, fmt, ap);
	b->len += (size_t)len;
}

void buf_addf(struct buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(b, fmt, ap);
	va_end(ap);
}

void buf_add_bytes(struct buf *b, uint64_t bytes)
{
	static const char *const units[] = { "B", "kB", "MB", "GB", "TB", "PB" };
	double v = (double)bytes;
	size_t u = 0;

	for (; v >= 999.95 && u + 1 < ARRAY_SIZE(units); u++)
		v /= 1000;
	buf_addf(b, "%.*f %s", u ? 1 : 0, v, units[u]);
}

const char *buf_str(const struct buf *b)
{
	return b->len ? b->data : "";
}

char *buf_take(struct buf *b)
{
	char *s = b->data ? b->data : xstrdup("");

	*b = (struct buf){ 0 };
	return s;
}
