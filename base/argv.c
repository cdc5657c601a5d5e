#include "base/argv.h"

#include <stdarg.h>

#include "base/util.h"

void argv_clear(struct argv *a)
{
	for (size_t i = 0; i < a->n; i++)
		free(a->v[i]);
	free(a->v);
	*a = (struct argv){ 0 };
}

static void add_owned(struct argv *a, char *s)
{
	xgrow(&a->v, &a->cap, a->n + 1, sizeof(*a->v));
	a->v[a->n++] = s;
	a->v[a->n] = NULL;
}

void argv_add(struct argv *a, const char *s)
{
	add_owned(a, xstrdup(s));
}

void argv_addf(struct argv *a, const char *fmt, ...)
{
	struct buf b = { 0 };
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(&b, fmt, ap);
	va_end(ap);
	add_owned(a, buf_take(&b));
}

void argv_addl(struct argv *a, ...)
{
	va_list ap;

	va_start(ap, a);
	argv_vaddl(a, ap);
	va_end(ap);
}

void argv_vaddl(struct argv *a, va_list ap)
{
	const char *s;

	while ((s = va_arg(ap, const char *)))
		argv_add(a, s);
}

void argv_addv(struct argv *a, char *const *words)
{
	for (; words && *words; words++)
		argv_add(a, *words);
}

bool argv_has(const struct argv *a, const char *word)
{
	for (size_t i = 0; i < a->n; i++)
		if (str_eq(a->v[i], word))
			return true;
	return false;
}

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

bool argv_has_sorted(const struct argv *a, const char *word)
{
	return a->n && bsearch(&word, a->v, a->n, sizeof(*a->v), by_bytes);
}

void argv_sort_unique(struct argv *a)
{
	size_t kept = 0;

	if (!a->n)
		return;
	qsort(a->v, a->n, sizeof(*a->v), by_bytes);
	for (size_t i = 0; i < a->n; i++) {
		if (kept && str_eq(a->v[kept - 1], a->v[i]))
			free(a->v[i]);
		else
			a->v[kept++] = a->v[i];
	}
	a->n = kept;
	a->v[kept] = NULL;
}

void argv_split(struct argv *a, const char *s, const char *seps)
{
	while (*s) {
		size_t len = strcspn(s, seps);

		if (len)
			add_owned(a, xstrndup(s, len));
		s += len;
		s += strspn(s, seps);
	}
}

char *argv_join(const struct argv *a, const char *sep)
{
	auto_buf b = { 0 };

	for (size_t i = 0; i < a->n; i++)
		buf_addf(&b, "%s%s", i ? sep : "", a->v[i]);
	return xstrdup(buf_str(&b));
}

void argv_quote(const struct argv *a, struct buf *b)
{
	static const char plain[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@%+=:,./-_";

	for (size_t i = 0; i < a->n; i++) {
		const char *s = a->v[i];

		if (i)
			buf_addc(b, ' ');
		if (*s && strspn(s, plain) == strlen(s)) {
			buf_adds(b, s);
			continue;
		}
		buf_addc(b, '\'');
		for (; *s; s++) {
			if (*s == '\'')
				buf_adds(b, "'\\''");
			else
				buf_addc(b, *s);
		}
		buf_addc(b, '\'');
	}
}
