/* The package route into a folder, by the same code that fills a disk. */
#ifndef INSTALLER_ROOT_BUILD_H
#define INSTALLER_ROOT_BUILD_H

#include <stdbool.h>

#include "base/argv.h"
#include "base/buf.h"
#include "base/err.h"

struct root_build_opts {
	const char *ks_url;
	const char *cache_dir; /* or NULL */
	const char *dir;       /* missing or empty */
	const char *keyring;   /* file of the keys that may sign; NULL: Debian's */
	unsigned deadline_s;   /* for fetching the packages; 0: pkg_request's default */
	bool extract;          /* only files: no database of packages, no scripts */
	bool for_image;        /* add what some hosts need, for their disks and boot loaders */
	bool dry_run; /* only resolve: the summary lists the packages; nothing but the cache is written */
	bool timing;  /* the summary says what took how long */
	bool json;    /* the summary is the timing as JSON */
	struct argv hooks; /* shell commands, run at the end with the folder as $1 */
};

/*
 * Read the kickstart file, resolve, fetch, unpack and configure into the folder (ERR_INPUT if it is not
 * empty). The log goes to var/log/xenith in it. summary gets what was done. Unless only files are wanted,
 * this process gets a mount namespace of its own (packages/unshare.h).
 */
int root_build(const struct root_build_opts *opts, struct buf *summary, struct err *err);

#endif
