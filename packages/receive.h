/* Fetching, checking and unpacking many packages with several threads. */
#ifndef PACKAGES_RECEIVE_H
#define PACKAGES_RECEIVE_H

#include "packages/dpkg_db.h"
#include "packages/packages.h"

struct receive {
	const struct pkg_request *req;
	const char *dir; /* the new system's root */
	struct log *log;
	struct pkg_progress *progress;
	uint64_t bytes_done, bytes_total;
	struct dpkg_db *db; /* NULL: files only */
	const char *spool;  /* keep .debs that need dpkg itself in this folder (below dir); NULL: none do */
	const struct argv *base;     /* names of packages that scripts take for granted */
	bool spool_all;              /* none is unpacked here */
	const struct xz_lib *xz_lib; /* a better one than this program's, or NULL */
	/* Names of packages: */
	struct argv spooled;   /* in the spool, as NAME.deb */
	struct argv preinsts;  /* unpacked, and their preinst script is still to be run */
	struct argv conflicts; /* not unpacked fully: some of their files were there already */
};

/*
 * Receive the items with these many threads; returns the first failure. A package whose hash is wrong leaves
 * nothing: its files are removed, and it isn't entered in the database.
 */
int receive_run(struct receive *rc, const struct pkg_item *const *items, size_t n, unsigned threads,
		struct err *err);

#endif
