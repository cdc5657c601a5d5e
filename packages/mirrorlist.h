/* Mirrors by a list: a text file with the URL of a suite on each line,
 * "http://mirror.example.org/debian/dists/trixie". */
#ifndef PACKAGES_MIRRORLIST_H
#define PACKAGES_MIRRORLIST_H

#include "packages/packages.h"

/*
 * Fetch the lists that the request's sources name (mirrorlist), and fill in their base, suite and mirrors;
 * those that are known stay. ERR_FETCH: it can't be fetched. ERR_INPUT names the line that is no URL of a
 * suite, or of another suite than the first.
 */
int mirrorlist_fetch(struct pkg_request *req, struct log *log, struct err *err);

/* Take "BASE/dists/SUITE" apart, both free(3); false if it is no such URL. */
bool mirrorlist_split(const char *url, char **base, char **suite);

#endif
