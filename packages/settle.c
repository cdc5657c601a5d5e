#include "packages/settle.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <sys/stat.h>

#include "base/tree.h"
#include "base/util.h"

/* fnmatch(3), below the root; folders stay. */
static const char *const traces[] = {
	"var/cache/debconf/*-old", "var/cache/ldconfig/aux-cache", "var/lib/dpkg/*-old", "var/log/*.log",
	"var/log/*/*.log",
};

int64_t settle_epoch(void)
{
	const char *s = getenv("SOURCE_DATE_EPOCH");
	uint64_t n;

	return s && str_u64(s, &n) ? (int64_t)n : -1;
}

static bool is_trace(const char *path)
{
	for (size_t i = 0; i < ARRAY_SIZE(traces); i++)
		if (fnmatch(traces[i], path, FNM_PATHNAME) == 0)
			return true;
	return false;
}

struct settle {
	const char *dir;
	int64_t epoch_s;
};

static int settle_entry(void *arg, const struct tree_entry *e, struct err *err)
{
	const struct settle *s = arg;
	const struct timespec times[] = { { .tv_nsec = UTIME_OMIT }, { .tv_sec = s->epoch_s } };
	struct stat st;

	if (S_ISREG(e->st->st_mode) && is_trace(e->below + 1))
		return unlink(e->path) ? err_sys(err, "cannot remove %s", e->path) : 0;
	if (lstat(e->path, &st))
		return err_sys(err, "cannot read %s", e->path);
	if (st.st_mtime > s->epoch_s && utimensat(AT_FDCWD, e->path, times, AT_SYMLINK_NOFOLLOW))
		return err_sys(err, "cannot set the time of %s", e->path);
	return 0;
}

/* Folders after what is in them, whose removal changes their times. */
static int walk(void *arg, struct err *err)
{
	const struct settle *s = arg;

	return tree_walk(s->dir, TREE_ONE_FS | TREE_FOLDERS_LAST, settle_entry, arg, err);
}

int settle_root(const char *dir, int64_t epoch_s, struct door *door, struct err *err)
{
	struct settle s = { dir, epoch_s };
	auto_free char *what = xasprintf("no times after %lld in %s, and no logs", (long long)epoch_s, dir);

	return door_call(door, what, walk, &s, err);
}
