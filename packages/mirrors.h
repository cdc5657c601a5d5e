/*
 * Several servers of the same files: which to ask next, and when.
 *
 * A server that failed, or that says when it can be asked again (Retry-After), is left alone for a while;
 * among the others the one with the fewest transfers under way is taken. Servers are told apart by the part
 * of the URL that names them. Not for several threads at once.
 */
#ifndef PACKAGES_MIRRORS_H
#define PACKAGES_MIRRORS_H

#include <stddef.h>
#include <stdint.h>

#define MIRRORS_MAX 32 /* URLs of one file; more are not asked */

struct mirror {
	char *origin; /* "http://mirror.example.org:8080" */
	unsigned running;
	int64_t not_before_ms; /* monotonic clock */
};

struct mirrors {
	struct mirror *v;
	size_t n;
};

void mirrors_clear(struct mirrors *m);

/* The server of a URL; valid until the next mirrors_of with a new one. */
struct mirror *mirrors_of(struct mirrors *m, const char *url);

/*
 * Which of the URLs (ended by NULL) to ask; those whose bit is set in gone are not. -1: none is left. The
 * time at which it may be asked goes to not_before_ms. last: the one that failed just now, which comes after
 * its equals; -1: none.
 */
int mirrors_choose(struct mirrors *m, const char *const *urls, uint32_t gone, int last,
		   int64_t *not_before_ms);

/* How long to wait before the try with this number (from 1): doubled each time, half of it by chance. */
int64_t mirrors_backoff_ms(unsigned try);

#endif
