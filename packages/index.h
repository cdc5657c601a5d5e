/*
 * A Packages index in a libsolv pool.
 *
 * An archive's main index is over 50 MB of text. Only what the resolver needs reaches libsolv; where to fetch
 * a package and what it weighs is kept beside it, and the rest is dropped while it is decompressed.
 */
#ifndef PACKAGES_INDEX_H
#define PACKAGES_INDEX_H

#include <solv/pool.h>
#include <solv/repo.h>

#include "base/arena.h"
#include "packages/packages.h"
#include "packages/release.h"

/* Debian's Priority field, the more important the smaller. */
enum pkg_priority { PRIO_REQUIRED, PRIO_IMPORTANT, PRIO_STANDARD, PRIO_OPTIONAL, PRIO_EXTRA };

struct index_entry {
	const char *filename; /* below the source's base */
	unsigned char sha256[32];
	uint64_t size_bytes, installed_kib;
	enum pkg_priority priority;
	bool essential, has_sha256;
};

/* A kept index file in memory, for reading only. */
struct index_map {
	char *data; /* NULL: none */
	size_t len;
};

/* One index file: entry I belongs to the solvable repo->start + I. repo->appdata points here. */
struct index {
	Repo *repo;
	const struct pkg_source *source;
	struct arena arena; /* the entries' texts; of a kept one they lie in the file */
	struct index_map map;
	struct index_entry *entries;
	size_t n, cap;
};

/* An index on its way into the pool: several are fetched and decompressed at once, by threads. */
struct index_input;

/*
 * Fetch one component's index, and begin to decompress it. ERR_FETCH if it isn't listed in the release, can't
 * be fetched or has another hash than the release says. All arguments must outlive it.
 */
int index_input_fetch(const struct pkg_request *req, const struct pkg_source *source,
		      const struct release *release, const char *component, struct log *log,
		      struct index_input **ret, struct err *err);
/* Add it to the pool. */
int index_input_add(struct index_input *in, Pool *pool, struct index **ret, struct err *err);
void index_input_free(struct index_input *in);
void index_free(struct index *index);

/* Write one component's index, checked, below dir, at its place below a mirror's base. */
int index_copy(const struct pkg_request *req, const struct pkg_source *source, const struct release *release,
	       const char *component, const char *dir, struct door *door, struct err *err);

/* The entry of a solvable. */
const struct index_entry *index_entry(Pool *pool, Id id);

#endif
