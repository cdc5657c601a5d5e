/* A NULL-terminated vector of owned strings: a child's argv, or any list of words. */
#ifndef BASE_ARGV_H
#define BASE_ARGV_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* Zero-initialise; argv_clear frees. v is NULL while n is 0. */
struct argv {
	char **v;
	size_t n;
	size_t cap;
};

#define auto_argv __attribute__((cleanup(argv_clear))) struct argv

void argv_clear(struct argv *a);
void argv_add(struct argv *a, const char *s);
void argv_addf(struct argv *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Add every word up to a final NULL. */
void argv_addl(struct argv *a, ...) __attribute__((sentinel));
void argv_vaddl(struct argv *a, va_list ap);
void argv_addv(struct argv *a, char *const *words);
bool argv_has(const struct argv *a, const char *word);
/* The same for one that argv_sort_unique left. */
bool argv_has_sorted(const struct argv *a, const char *word);
/* Sort bytewise and drop repeated words. */
void argv_sort_unique(struct argv *a);
/* Split s at any of the characters of seps; empty words are dropped. */
void argv_split(struct argv *a, const char *s, const char *seps);
/* The words with sep between them. free(3). */
char *argv_join(const struct argv *a, const char *sep);
/* Add the words to b, quoted so that a POSIX shell would read them back: for people, never for a shell. */
void argv_quote(const struct argv *a, struct buf *b);

#endif
