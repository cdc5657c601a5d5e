/* Cleanup attributes and small helpers that every file may use. */
#ifndef BASE_UTIL_H
#define BASE_UTIL_H

#include "base/banned.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define MIN(a, b)     ((a) < (b) ? (a) : (b))
#define MAX(a, b)     ((a) > (b) ? (a) : (b))

static inline void cleanup_free(void *p)
{
	free(*(void **)p);
}

static inline void cleanup_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline void cleanup_fclose(FILE **f)
{
	if (*f)
		fclose(*f);
}

#define auto_free   __attribute__((cleanup(cleanup_free)))
#define auto_close  __attribute__((cleanup(cleanup_close)))
#define auto_fclose __attribute__((cleanup(cleanup_fclose)))

/* Hand over a pointer that an auto_free variable owns. */
#define TAKE(p)                     \
	({                          \
		typeof(p) _t = (p); \
		(p) = NULL;         \
		_t;                 \
	})

/* Out of memory aborts: none of these returns NULL. Free with free(3). */
void *xmalloc(size_t size);
void *xcalloc(size_t n, size_t size);
void *xrealloc(void *p, size_t size);
char *xstrdup(const char *s);
char *xstrndup(const char *s, size_t n);
char *xasprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Grow *p (elements of elem bytes) so that index n is valid; new elements are zeroed. Doubles *cap. */
void xgrow(void *p, size_t *cap, size_t n, size_t elem);

/* Milliseconds of a clock that clock_gettime(2) knows. */
static inline int64_t clock_ms(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static inline bool str_eq(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

static inline bool str_starts(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool str_ends(const char *s, const char *suffix);

/* Parse the whole of s as a decimal number; false on a sign, junk, emptiness or overflow. */
bool str_u64(const char *s, uint64_t *ret);

/* Parse a dotted IPv4 address into host byte order; NULL is none. */
bool str_ip4(const char *s, uint32_t *ret);

/* The candidate nearest to word by edit distance, or NULL when none is near enough to suggest. */
const char *str_nearest(const char *word, const char *const *candidates, size_t n);

/* MiB of /proc/meminfo's line "NAME:", in its text; 0 if there is none. */
unsigned long meminfo_mib(const char *meminfo, const char *name);

#endif
