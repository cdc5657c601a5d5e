/* Running dpkg in the new root, with what it says of each package while it runs. */
#ifndef PACKAGES_DPKG_RUN_H
#define PACKAGES_DPKG_RUN_H

#include "base/argv.h"
#include "base/door.h"
#include "packages/packages.h"

struct dpkg_run {
	const char *dir; /* the new root */
	struct door *door;
	const char
		*path_first; /* a folder of the new root to search for programs before all others; or NULL */
	/* Called from another thread for each package that is configured now; may be NULL. */
	void (*configured)(void *arg, const char *name);
	void *arg;
	const struct pkg_progress *progress; /* for its timing; or NULL */
	const char *phase;                   /* this run's name there */
};

/*
 * Run dpkg with these words after the options that a new system wants: no questions, no syncs.
 * ERR_TOOL names the packages that failed and their reasons, before what dpkg printed.
 */
int dpkg_run(const struct dpkg_run *run, const struct argv *words, struct err *err);

#endif
