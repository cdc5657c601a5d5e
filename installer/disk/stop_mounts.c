/* Swap and mounts of a disk, switched off. */
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/sysmacros.h>

#include "base/file.h"
#include "base/util.h"
#include "installer/disk/apply.h"
#include "installer/disk/plan.h"
#include "installer/disk/stop.h"

void devs_clear(struct devs *d)
{
	free(d->v);
}

static bool devs_has(const struct devs *d, dev_t dev)
{
	for (size_t i = 0; i < d->n; i++)
		if (d->v[i] == dev)
			return true;
	return false;
}

void devs_of(const struct argv *names, struct devs *devs)
{
	for (size_t i = 0; i < names->n; i++) {
		auto_free char *path = xasprintf("/sys/class/block/%s/dev", names->v[i]);
		auto_free char *text = file_line(path);
		unsigned maj, min;

		if (!text || sscanf(text, "%u:%u", &maj, &min) != 2)
			continue;
		xgrow(&devs->v, &devs->cap, devs->n, sizeof(*devs->v));
		devs->v[devs->n++] = makedev(maj, min);
	}
}

int stop_swap(const struct devs *devs, struct log *log, struct err *err)
{
	auto_buf b = { 0 };
	auto_argv lines = { 0 };
	int r = file_read("/proc/swaps", &b, NULL);

	if (r)
		return 0; /* a kernel without swap */
	argv_split(&lines, buf_str(&b), "\n");
	for (size_t i = 1; i < lines.n; i++) {
		auto_argv words = { 0 };
		struct stat st;

		argv_split(&words, lines.v[i], " \t");
		disk_proc_unescape(words.v[0]);
		if (stat(words.v[0], &st) || !devs_has(devs, S_ISBLK(st.st_mode) ? st.st_rdev : st.st_dev))
			continue;
		log_printf(log, "swapoff %s", words.v[0]);
		if (swapoff(words.v[0]))
			return err_sys(err, "cannot switch off swap on %s", words.v[0]);
	}
	return 0;
}

/* Whether a mount is of one of the devices: by the file system's number, or (btrfs) by its source. */
static bool mount_is_of(const struct argv *words, const struct devs *devs)
{
	unsigned maj, min;
	struct stat st;

	if (sscanf(words->v[2], "%u:%u", &maj, &min) == 2 && devs_has(devs, makedev(maj, min)))
		return true;
	for (size_t i = 6; i + 2 < words->n; i++)
		if (str_eq(words->v[i], "-"))
			return words->v[i + 2][0] == '/' && !stat(words->v[i + 2], &st) &&
			       S_ISBLK(st.st_mode) && devs_has(devs, st.st_rdev);
	return false;
}

static int unmount(const char *target, struct log *log, struct err *err)
{
	log_printf(log, "umount %s", target);
	return disk_umount_busy(target, 0, err);
}

int stop_mounts(const struct devs *devs, const struct disk_facts *disk, struct log *log, struct err *err)
{
	auto_buf b = { 0 };
	auto_argv lines = { 0 };
	auto_argv points = { 0 };
	auto_argv theirs = { 0 };
	int r = file_read("/proc/self/mountinfo", &b, err);

	argv_split(&lines, buf_str(&b), "\n");
	for (size_t i = 0; i < lines.n; i++) {
		auto_argv words = { 0 };

		argv_split(&words, lines.v[i], " ");
		if (words.n < 7)
			continue;
		disk_proc_unescape(words.v[4]);
		argv_add(&points, words.v[4]);
		if (!mount_is_of(&words, devs))
			continue;
		argv_add(&theirs, words.v[4]);
		if (str_eq(words.v[4], "/"))
			return err_set(err, ERR_DISK_OWN_ROOT, "disk %s holds the running system's root",
				       disk->path);
	}
	for (size_t i = points.n; !r && i-- > 0;)
		for (size_t t = 0; t < theirs.n; t++)
			if (disk_path_below(points.v[i], theirs.v[t])) {
				r = unmount(points.v[i], log, err);
				break;
			}
	return r;
}
