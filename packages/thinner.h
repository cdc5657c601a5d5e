/*
 * An index decompressed in a thread of its own, and thinned to what libsolv needs; the rest of what matters
 * goes to the index' entries.
 */
#ifndef PACKAGES_THINNER_H
#define PACKAGES_THINNER_H

#include <sys/types.h>

#include "packages/index.h"

struct thinner;

/*
 * Begin with data (plain, or compressed by xz, gzip or zstd), which must outlive it. Paragraphs of other
 * architectures than arch and all are left out. index gets its entries while it runs, and belongs to it.
 */
int thinner_new(const void *data, size_t len, const char *arch, struct index *index, struct thinner **ret,
		struct err *err);
/* A cookie_read_function_t: the text for repo_add_debpackages. */
ssize_t thinner_read(void *thinner, char *p, size_t n);
/* Why reading failed; NULL if it didn't. */
const char *thinner_why(const struct thinner *t);
/* Ends the thread. */
void thinner_free(struct thinner *t);

#endif
