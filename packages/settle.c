#include "packages/settle.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <fts.h>
#include <sys/stat.h>

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

/* Folders are visited after what is in them, whose removal changes their times. */
static int settle_entry(const struct settle *s, const FTSENT *e, struct err *err)
{
	const struct timespec times[] = { { .tv_nsec = UTIME_OMIT }, { .tv_sec = s->epoch_s } };
	const char *path = e->fts_path + strlen(s->dir) + 1;
	struct stat st;

	if (e->fts_info == FTS_F && e->fts_level > 0 && is_trace(path))
		return unlink(e->fts_path) ? err_sys(err, "cannot remove %s", e->fts_path) : 0;
	if (lstat(e->fts_path, &st))
		return err_sys(err, "cannot read %s", e->fts_path);
	if (st.st_mtime > s->epoch_s && utimensat(AT_FDCWD, e->fts_path, times, AT_SYMLINK_NOFOLLOW))
		return err_sys(err, "cannot set the time of %s", e->fts_path);
	return 0;
}

static int walk(void *arg, struct err *err)
{
	const struct settle *s = arg;
	char *const paths[] = { (char *)s->dir, NULL };
	FTS *fts = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR | FTS_XDEV, NULL);
	int r = fts ? 0 : err_sys(err, "cannot read %s", s->dir);
	FTSENT *e;

	while (!r && (e = fts_read(fts)))
		if (e->fts_info != FTS_D)
			r = settle_entry(s, e, err);
	if (fts)
		fts_close(fts);
	return r;
}

int settle_root(const char *dir, int64_t epoch_s, struct door *door, struct err *err)
{
	struct settle s = { dir, epoch_s };
	auto_free char *what = xasprintf("no times after %lld in %s, and no logs", (long long)epoch_s, dir);

	return door_call(door, what, walk, &s, err);
}
