/*
 * The part of the archives that one install needs, as a folder: for a medium that is installed from without a
 * network.
 *
 * The signed InRelease files and the whole indices go along, so that what is read from the folder later is
 * checked like what a mirror sends. DIR/sources has a line for each source, NAME FOLDER SUITE ORIGIN
 * COMPONENT... apart by tabs; DIR/files one for each package file, FOLDER/pool/....
 */
#ifndef PACKAGES_COPY_H
#define PACKAGES_COPY_H

#include "base/arena.h"
#include "packages/packages.h"

#define PKG_COPY_FOLDER "archive" /* its name on a medium of xenith iso build --offline */

/* Fetch and check what a solved request needs into dir, an empty folder. ERR_FETCH. */
int pkg_copy(const struct pkg_request *req, const struct pkg_set *set, const char *dir, struct door *door,
	     struct pkg_progress *progress, struct err *err);

/*
 * The sources that pkg_copy left in dir, an absolute path, are put before those that req has, of which one of
 * the same name gives only its cost, what it includes and excludes, and its base as the origin. Strings
 * belong to arena. ERR_INPUT if there is no such folder or it is damaged.
 */
int pkg_copied_sources(const char *dir, struct pkg_request *req, struct arena *arena, struct err *err);

#endif
