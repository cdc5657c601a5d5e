/*
 * A parsed index kept in the cache folder, so that the next run need not decompress and parse it: libsolv's
 * own format (solv(5)) behind what this program keeps beside it. The file's name is the index's SHA-256, so
 * it is used only while a signed release names this very index; its own hash tells damage.
 */
#ifndef PACKAGES_INDEX_CACHE_H
#define PACKAGES_INDEX_CACHE_H

#include "packages/index.h"

bool index_cache_has(const struct pkg_request *req, const char *hex);
/* Add the index with this hash to the pool; NULL if it isn't in the cache, or is damaged. */
struct index *index_cache_load(Pool *pool, const struct pkg_request *req, const struct pkg_source *source,
			       const char *hex);
/* A cache that can't be written only makes the next run slower. */
void index_cache_save(const struct index *index, const struct pkg_request *req, const char *hex,
		      struct log *log);

#endif
