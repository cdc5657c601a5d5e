/* A walk through all that is below a folder (fts(3)). Links are not followed. */
#ifndef BASE_TREE_H
#define BASE_TREE_H

#include <sys/stat.h>

#include "base/argv.h"
#include "base/err.h"

struct tree_entry {
	const char *path;      /* root and what follows */
	const char *below;     /* the part that follows root: "/a/b"; "" for root itself */
	const struct stat *st; /* lstat(2) */
};

enum {
	TREE_ONE_FS = 1 << 0,       /* stay in root's file system */
	TREE_FOLDERS_LAST = 1 << 1, /* folders come after what is in them, not before */
};

/*
 * Call fn for root and for each entry below it, in no order but the folders'; its first result that isn't 0
 * ends the walk and is returned. ERR_SYS where something cannot be read. root: without a slash at its end.
 */
int tree_walk(const char *root, unsigned flags,
	      int (*fn)(void *arg, const struct tree_entry *e, struct err *err), void *arg, struct err *err);

/* tree_walk() to a list of the entries' part below root, sorted; only those that wanted() is true of. */
int tree_list(const char *root, unsigned flags, bool (*wanted)(const struct tree_entry *e), struct argv *ret,
	      struct err *err);

#endif
