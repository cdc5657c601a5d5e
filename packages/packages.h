/*
 * A root file system from a Debian archive: signed indices -> solved set -> fetched, verified, unpacked while
 * it arrives -> configured once.
 */
#ifndef PACKAGES_PACKAGES_H
#define PACKAGES_PACKAGES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/argv.h"
#include "base/door.h"
#include "base/err.h"

struct pkg_source {
	const char *name;   /* "main", "security": for messages and sources.list.d */
	const char *base;   /* "http://mirror.example.org/debian" */
	const char *suite;  /* "trixie" */
	const char *origin; /* the base that the installed system is told; NULL: base */
	const char
		*mirrorlist; /* URL of a list from which pkg_solve takes base, suite and mirrors; or NULL */
	struct argv mirrors; /* further bases of the same archive, asked in turn */
	struct argv found;   /* owns what the list said */
	/* Sources with a lower cost win, whatever the versions; 0: 1000, as in kickstart. */
	unsigned cost;
	struct argv include;    /* only these packages, shell wildcards; all when empty */
	struct argv exclude;    /* none of these */
	struct argv components; /* "main" when empty */
	/* A copy on a medium, which doesn't age: the end of its index's validity doesn't count, and there are
	 * only the packages whose file, below base, is one of files (sorted). */
	bool medium;
	struct argv files;
};

#define PKG_COMPONENT "main" /* of a source that names none */

struct pkg_request {
	struct pkg_source *sources;
	size_t n_sources;
	const char *arch;    /* "amd64" */
	const char *proxy;   /* or NULL */
	const char *keyring; /* file of the keys that may sign; NULL:
				/usr/share/keyrings/debian-archive-keyring.gpg */
	struct argv want;    /* package names and "@group"s */
	struct argv exclude; /* package names and "@group"s; wins over want */
	bool recommends;     /* take Recommends too */
	bool ignore_missing;
	bool exclude_docs;
	bool no_minimal;       /* don't add essential + required + apt (for a bare set of files) */
	unsigned parallel;     /* connections; 0: default */
	unsigned deadline_s;   /* for fetching all packages; 0: default, four hours */
	const char *cache_dir; /* keep fetched files here; NULL: keep none */
};

/* A source that is nothing yet, put at this place of the list; the pointer is good until the next one. */
struct pkg_source *pkg_request_insert(struct pkg_request *req, size_t at);

struct pkg_item {
	const char *name, *version, *arch, *url, *sha256; /* hex */
	const char *const *urls; /* all, the first one too, ended by NULL; NULL: only that */
	uint64_t size_bytes, installed_kib;
	bool requested; /* named, not only depended on */
};

struct pkg_set {
	struct pkg_item *items; /* in an order that is safe to unpack */
	size_t n;
	uint64_t download_bytes, installed_kib;
	void *priv;
};

/* bytes_done of bytes_total; what: a package's name. */
typedef void (*pkg_progress_fn)(void *arg, const char *step, uint64_t done, uint64_t total, const char *what);

struct pkg_timing; /* packages/timing.h */

struct pkg_progress {
	pkg_progress_fn fn; /* or NULL */
	void *arg;
	struct pkg_timing *timing; /* is told what takes how long; or NULL */
};

/*
 * Fetch and verify the indices, resolve the request. Writes nothing but cache_dir.
 * ERR_FETCH: unreachable, bad or expired signature, wrong hash (which file, what was found, what was wanted).
 * ERR_INPUT: package or group that doesn't exist (nearest name), or can't be installed (why).
 */
int pkg_solve(struct pkg_request *req, struct log *log, struct pkg_progress *progress, struct pkg_set *ret,
	      struct err *err);
void pkg_set_clear(struct pkg_set *set);
void pkg_set_print(const struct pkg_set *set, struct buf *b);

/* Fetch every .deb, check its SHA-256 while it streams, and unpack it into dir with a dpkg database. Retries
 * on ERR_FETCH. */
int pkg_unpack(const struct pkg_request *req, const struct pkg_set *set, const char *dir, struct door *door,
	       struct pkg_progress *progress, struct err *err);

struct pkg_configure_opts {
	const char *debconf; /* debconf-set-selections text; or NULL */
	bool no_initramfs;   /* the caller makes it afterwards (pkg_initramfs) */
};

/* Run the maintainer scripts once in dir (a mounted root; /proc /sys /dev are mounted here as needed and
 * unmounted after): no services, no questions. */
int pkg_configure(const char *dir, const struct pkg_configure_opts *opts, struct door *door,
		  struct pkg_progress *progress, struct err *err);

/* Write sources.list.d/NAME.sources (deb822, with proxy in apt.conf.d) for the request's sources into dir. */
int pkg_write_sources(const struct pkg_request *req, const char *dir, struct door *door, struct err *err);

/* Fetch and extract, with no dpkg database and no scripts: for the boot medium. want only, plus dependencies
 * if deps. */
int pkg_extract(const struct pkg_request *req, const struct pkg_set *set, const char *dir, struct door *door,
		struct pkg_progress *progress, struct err *err);

#endif
