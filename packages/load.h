/* All indices of a request's sources in one pool. */
#ifndef PACKAGES_LOAD_H
#define PACKAGES_LOAD_H

#include "packages/index.h"

struct loaded {
	Pool *pool;
	struct index **indices;
	size_t n_indices;
};

/*
 * Fetch and verify them, all sources at once, and add them to a new pool in the request's order. loaded_clear
 * also after a failure, which is that of the first source that failed.
 */
int load_indices(const struct pkg_request *req, struct log *log, struct pkg_progress *progress,
		 struct loaded *ret, struct err *err);
void loaded_clear(struct loaded *loaded);

#endif
