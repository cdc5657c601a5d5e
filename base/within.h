/*
 * Files of a tree that somebody else writes, a guest's root say: links are followed as if its folder were "/"
 * (openat2(2), RESOLVE_IN_ROOT), so that none leads out of it. Paths are those below root.
 */
#ifndef BASE_WITHIN_H
#define BASE_WITHIN_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/argv.h"
#include "base/buf.h"
#include "base/err.h"

/* A descriptor (close-on-exec) of a path below the folder that top is open on; -1 with errno. */
int within_open(int top, const char *path, int flags);
/* The same by other rules: openat2(2)'s RESOLVE_*, 0 for openat(2). */
int within_open_by(int top, const char *path, int flags, uint64_t resolve);
/* Whether something is there. */
bool within_exists(const char *root, const char *path);
/* Append a regular file to b. ERR_SYS. */
int within_read(const char *root, const char *path, struct buf *b, struct err *err);
/* Copy a regular file to a path outside, through a temporary name there. ERR_SYS. */
int within_copy(const char *root, const char *path, const char *to, mode_t mode, struct err *err);
/*
 * Write through a temporary name and rename(2), fsync'ed. A file that is replaced hands on its owner
 * and group, mode and SELinux label; a new one gets mode. The folder must be there. ERR_SYS.
 */
int within_write(const char *root, const char *path, const void *data, size_t len, mode_t mode,
		 struct err *err);
/* Remove what isn't a folder; a name that isn't there is no error. ERR_SYS. */
int within_remove(const char *root, const char *path, struct err *err);
/* Append the names in a folder to ret, sorted; none where there is no such folder. */
void within_names(const char *root, const char *path, struct argv *ret);

#endif
