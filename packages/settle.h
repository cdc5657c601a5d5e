/* The same packages make the same bytes: SOURCE_DATE_EPOCH
 * (https://reproducible-builds.org/specs/source-date-epoch/). */
#ifndef PACKAGES_SETTLE_H
#define PACKAGES_SETTLE_H

#include "base/door.h"

/* Seconds since 1970 from the environment; -1: not set, or no number. */
int64_t settle_epoch(void);

/*
 * Take what tells one building from another out of a new root: logs, caches that name inodes, and times that
 * are newer than the epoch. What packages make by chance (ssh's host keys) stays.
 */
int settle_root(const char *dir, int64_t epoch_s, struct door *door, struct err *err);

#endif
