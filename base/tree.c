#include "base/tree.h"

#include <errno.h>
#include <fts.h>

#include "base/util.h"

static int visit(const FTSENT *e, size_t skip, unsigned flags,
		 int (*fn)(void *arg, const struct tree_entry *e, struct err *err), void *arg,
		 struct err *err)
{
	struct tree_entry entry = { e->fts_path, e->fts_path + skip, e->fts_statp };

	switch (e->fts_info) {
	case FTS_ERR:
	case FTS_DNR:
	case FTS_NS:
		errno = e->fts_errno;
		return err_sys(err, "cannot read %s", e->fts_path);
	case FTS_D:
		return flags & TREE_FOLDERS_LAST ? 0 : fn(arg, &entry, err);
	case FTS_DP:
		return flags & TREE_FOLDERS_LAST ? fn(arg, &entry, err) : 0;
	default:
		return fn(arg, &entry, err);
	}
}

int tree_walk(const char *root, unsigned flags,
	      int (*fn)(void *arg, const struct tree_entry *e, struct err *err), void *arg, struct err *err)
{
	char *paths[] = { (char *)root, NULL };
	FTS *fts = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR | (flags & TREE_ONE_FS ? FTS_XDEV : 0), NULL);
	FTSENT *e = NULL;
	int r = 0;

	if (!fts)
		return err_sys(err, "cannot walk %s", root);
	while (!r && (errno = 0, e = fts_read(fts)))
		r = visit(e, strlen(root), flags, fn, arg, err);
	if (!r && errno)
		r = err_sys(err, "cannot walk %s", root);
	fts_close(fts);
	return r;
}

struct listing {
	bool (*wanted)(const struct tree_entry *e);
	struct argv *names;
};

static int add_name(void *arg, const struct tree_entry *e, struct err *err)
{
	struct listing *l = arg;

	(void)err;
	if (l->wanted(e))
		argv_add(l->names, e->below);
	return 0;
}

int tree_list(const char *root, unsigned flags, bool (*wanted)(const struct tree_entry *e), struct argv *ret,
	      struct err *err)
{
	struct listing l = { wanted, ret };
	int r = tree_walk(root, flags, add_name, &l, err);

	argv_sort_unique(ret);
	return r;
}
