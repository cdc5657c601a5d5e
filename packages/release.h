/* A suite's signed InRelease file: fetched, checked against the keyring, and asked for its indices. */
#ifndef PACKAGES_RELEASE_H
#define PACKAGES_RELEASE_H

#include "base/buf.h"
#include "packages/packages.h"

struct release {
	struct buf text; /* the signed text alone, as gpgv gave it out */
	bool by_hash;
	struct buf file; /* as it was fetched, with its signatures */
};

/*
 * Fetch BASE/dists/SUITE/InRelease and check it: at least one valid signature by a key of the keyring and no
 * bad one, Valid-Until, Suite or Codename. ERR_FETCH says which of them failed.
 */
int release_fetch(const struct pkg_request *req, const struct pkg_source *source, struct log *log,
		  struct release *ret, struct err *err);
void release_clear(struct release *release);

/*
 * Check the text of an InRelease file against the keyring; the signed text goes to ret. Several signatures
 * are usual: those by keys that the keyring doesn't hold don't count, for or against.
 */
int release_verify(const char *text, size_t len, const char *keyring, struct log *log, struct buf *ret,
		   struct err *err);

/* The same for a signature that stands beside the text; the keyring may be a file of minisign(1)'s public
 * keys, too. */
int release_verify_detached(const struct buf *text, const struct buf *signature, const char *keyring,
			    struct log *log, struct err *err);

/* Check Date, Suite/Codename and, where the file ages, Valid-Until at the time now (seconds since 1970). */
int release_check(const char *text, const char *suite, int64_t now, bool ages, struct err *err);

/* The SHA-256 (64 hex digits) and size of the file path ("main/binary-amd64/Packages.xz"); false if not
 * listed. */
bool release_find(const struct release *release, const char *path, char hex[65], uint64_t *size_bytes);

#endif
