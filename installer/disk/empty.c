/* What an install that failed had put on its file systems goes again; the file systems stay. */
#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/util.h"
#include "installer/disk/plan.h"

static bool same_dev(const struct disk_dev *a, const struct disk_dev *b)
{
	return a->node ? str_eq(a->node, b->node) : !b->node && a->disk == b->disk && a->part == b->part;
}

/* Whether this plan made the file system: what was there before and stays is somebody's. */
static bool is_new(const struct disk_plan *plan, const struct disk_mount *m)
{
	for (size_t i = 0; i < plan->n_formats; i++)
		if (same_dev(&plan->formats[i].dev, &m->dev))
			return true;
	return disk_btrfs_of(plan, &m->dev) != NULL;
}

bool disk_can_empty(const struct disk_plan *plan)
{
	for (size_t i = 0; i < plan->n_mounts; i++)
		if (str_eq(plan->mounts[i].mntpoint, "/"))
			return is_new(plan, &plan->mounts[i]);
	return false;
}

/* A folder that is a mount point, or leads to one, stays. */
static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)st, (void)kind, (void)ftw;
	return remove(path) && errno != EBUSY && errno != ENOTEMPTY && errno != EEXIST ? -1 : 0;
}

static int empty_one(const char *dir, struct err *err)
{
	DIR *d = opendir(dir);
	int r = d ? 0 : err_sys(err, "cannot look into %s", dir);

	for (struct dirent *e; !r && (e = readdir(d));) {
		auto_free char *path = path_join(dir, e->d_name);
		struct stat top, st;

		if (str_eq(e->d_name, ".") || str_eq(e->d_name, "..") || str_eq(e->d_name, "lost+found"))
			continue;
		if (stat(dir, &top) || lstat(path, &st))
			r = err_sys(err, "cannot look at %s", path);
		else if (st.st_dev == top.st_dev &&
			 nftw(path, remove_one, 32, FTW_DEPTH | FTW_PHYS | FTW_MOUNT))
			r = err_sys(err, "cannot remove %s", path);
	}
	if (d)
		closedir(d);
	return r;
}

struct empty {
	const struct disk_plan *plan;
	const char *dir;
};

static int empty_fn(void *arg, struct err *err)
{
	const struct empty *e = arg;
	int r = 0;

	for (size_t i = 0; !r && i < e->plan->n_mounts; i++) {
		const struct disk_mount *m = &e->plan->mounts[i];
		auto_free char *path = path_join(e->dir, m->mntpoint);

		if (!str_eq(m->mntpoint, "none") && is_new(e->plan, m))
			r = empty_one(path, err);
	}
	return r;
}

int disk_empty(const struct disk_plan *plan, const char *dir, struct door *door, struct err *err)
{
	struct empty e = { plan, dir };
	auto_free char *what = xasprintf("remove what is in the new file systems below %s", dir);

	return door_call(door, what, empty_fn, &e, err);
}
