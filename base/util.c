#include "base/util.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>

static void *checked(void *p)
{
	if (!p) {
		fputs("xenith: out of memory\n", stderr);
		abort();
	}
	return p;
}

void *xmalloc(size_t size)
{
	return checked(malloc(size ? size : 1));
}

void *xcalloc(size_t n, size_t size)
{
	return checked(calloc(n ? n : 1, size ? size : 1));
}

void *xrealloc(void *p, size_t size)
{
	return checked(realloc(p, size ? size : 1));
}

char *xstrdup(const char *s)
{
	return checked(strdup(s));
}

char *xstrndup(const char *s, size_t n)
{
	return checked(strndup(s, n));
}

char *xasprintf(const char *fmt, ...)
{
	va_list ap;
	char *s = NULL;
	int len;

	va_start(ap, fmt);
	len = vasprintf(&s, fmt, ap);
	va_end(ap);
	return checked(len < 0 ? NULL : s);
}

void xgrow(void *p, size_t *cap, size_t n, size_t elem)
{
	size_t want = *cap ? *cap : 8;
	char *mem;

	if (n < *cap)
		return;
	while (want <= n)
		want *= 2;
	mem = checked(reallocarray(*(void **)p, want, elem));
	memset(mem + *cap * elem, 0, (want - *cap) * elem);
	*(void **)p = mem;
	*cap = want;
}

bool str_ends(const char *s, const char *suffix)
{
	size_t len = strlen(s), slen = strlen(suffix);

	return len >= slen && strcmp(s + len - slen, suffix) == 0;
}

bool str_u64(const char *s, uint64_t *ret)
{
	unsigned long long v;
	char *end;

	if (!isdigit((unsigned char)s[0]))
		return false;
	errno = 0;
	v = strtoull(s, &end, 10);
	if (errno || *end)
		return false;
	*ret = v;
	return true;
}

#define NEAREST_MAX 63

static size_t edit_distance(const char *a, const char *b)
{
	size_t row[NEAREST_MAX + 1], la = strlen(a), lb = strlen(b);

	if (la > NEAREST_MAX || lb > NEAREST_MAX)
		return SIZE_MAX;
	for (size_t j = 0; j <= lb; j++)
		row[j] = j;
	for (size_t i = 1; i <= la; i++) {
		size_t diag = row[0];

		row[0] = i;
		for (size_t j = 1; j <= lb; j++) {
			size_t cost = diag + (a[i - 1] != b[j - 1]);

			diag = row[j];
			row[j] = MIN(cost, MIN(row[j] + 1, row[j - 1] + 1));
		}
	}
	return row[lb];
}

bool str_ip4(const char *s, uint32_t *ret)
{
	struct in_addr a;

	if (!s || inet_pton(AF_INET, s, &a) != 1)
		return false;
	*ret = ntohl(a.s_addr);
	return true;
}

const char *str_nearest(const char *word, const char *const *candidates, size_t n)
{
	size_t best = strlen(word) / 3 + 2;
	const char *ret = NULL;

	for (size_t i = 0; i < n; i++) {
		size_t d = edit_distance(word, candidates[i]);

		if (d < best) {
			best = d;
			ret = candidates[i];
		}
	}
	return ret;
}

unsigned long meminfo_mib(const char *meminfo, const char *name)
{
	size_t len = strlen(name);

	for (const char *line = meminfo; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, name, len) == 0 && line[len] == ':')
			return strtoul(line + len + 1, NULL, 10) / 1024;
	}
	return 0;
}

#ifdef __SANITIZE_ADDRESS__
const char *__asan_default_options(void);

/* libparted searches an unterminated line of a /proc file when it is loaded: not ours to stop at. */
const char *__asan_default_options(void)
{
	return "intercept_strchr=0";
}
#endif
