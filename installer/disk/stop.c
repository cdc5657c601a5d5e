/* What stands on a disk, taken down. */
#include "installer/disk/apply.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/major.h>
#include <linux/raid/md_u.h>
#include <sys/ioctl.h>

#include "base/file.h"
#include "base/util.h"
#include "installer/disk/plan.h"
#include "installer/disk/stop.h"

#define BUSY_TRIES 25
#define BUSY_US    200000
#define DMSETUP_S  60 /* a device whose paths are all gone would hold it for ever */

/* The names in a folder of sysfs, sorted; none if it isn't there. */
static void names_in(const char *dir, struct argv *names)
{
	DIR *d = opendir(dir);
	struct dirent *e;

	if (!d)
		return;
	while ((e = readdir(d)))
		if (e->d_name[0] != '.')
			argv_add(names, e->d_name);
	closedir(d);
	argv_sort_unique(names);
}

/* Add name and all that stands on it, what is on top first. */
static void collect(const char *name, struct argv *stack)
{
	auto_free char *dir = xasprintf("/sys/class/block/%s", name);
	auto_free char *holders = path_join(dir, "holders");
	auto_argv above = { 0 };
	auto_argv entries = { 0 };

	names_in(holders, &above);
	names_in(dir, &entries);
	for (size_t i = 0; i < entries.n; i++) {
		auto_free char *mark = xasprintf("%s/%s/partition", dir, entries.v[i]);

		if (file_exists(mark))
			argv_add(&above, entries.v[i]);
	}
	for (size_t i = 0; i < above.n; i++)
		collect(above.v[i], stack);
	if (!argv_has(stack, name))
		argv_add(stack, name);
}

/* Through the kernel's own call: what mdadm --stop does. */
static int stop_md(const char *name, struct log *log, struct err *err)
{
	auto_free char *path = xasprintf("/dev/%s", name);
	auto_close int fd = open(path, O_RDONLY | O_CLOEXEC);

	log_printf(log, "stop array %s", path);
	if (fd < 0)
		return errno == ENOENT || errno == ENXIO ? 0 : err_sys(err, "cannot open %s", path);
	for (int i = 0; ioctl(fd, STOP_ARRAY, NULL); i++) {
		if (errno == ENXIO || errno == ENODEV)
			return 0;
		if (errno != EBUSY || i == BUSY_TRIES)
			return err_sys(err, "cannot stop array %s", path);
		usleep(BUSY_US);
	}
	return 0;
}

/*
 * Volume group and volume of a device-mapper name, "vg0-root" or "my--vg-root": one dash parts them, two are
 * one dash of a name (libdm's dm_split_lvm_name). False: it isn't LVM's. free(3) both.
 */
static bool split_lvm_name(const char *dm, char **vg, char **lv)
{
	auto_buf part = { 0 };
	char *first = NULL;

	for (const char *s = dm; *s; s++) {
		if (*s == '-' && s[1] == '-')
			s++;
		else if (*s == '-' && !first) {
			first = buf_take(&part);
			continue;
		}
		buf_addc(&part, *s);
	}
	if (!first)
		return false;
	*vg = first;
	*lv = buf_take(&part);
	return true;
}

/* The link /dev/VG/LV and its folder, which lvm made itself and which vgcreate would trip over. */
static void forget_links(const char *dm)
{
	auto_free char *vg = NULL;
	auto_free char *lv = NULL;
	auto_free char *dir = NULL;
	auto_free char *link = NULL;

	if (!split_lvm_name(dm, &vg, &lv) || !*vg || strchr(vg, '/'))
		return;
	dir = path_join("/dev", vg);
	link = path_join(dir, lv);
	unlink(link);
	rmdir(dir);
}

static int stop_dm(const char *name, struct door *door, struct err *err)
{
	auto_free char *path = xasprintf("/sys/class/block/%s/dm/name", name);
	auto_free char *dm = file_line(path);
	int r;

	if (!dm)
		return 0;
	r = door_runl_for(door, DMSETUP_S, err, "dmsetup", "remove", "--retry", "--noudevsync",
			  "--noudevrules", dm, NULL);
	if (!r)
		forget_links(dm);
	return r;
}

/* Both ends of a cache: what is cached, and the set of caching devices
 * (Documentation/admin-guide/bcache.rst). */
static int stop_bcache(const char *name, struct log *log, struct err *err)
{
	static const char *const files[] = { "bcache/set/stop", "bcache/stop" };
	auto_free char *dir = xasprintf("/sys/class/block/%s", name);

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		auto_free char *path = path_join(dir, files[i]);
		auto_close int fd = open(path, O_WRONLY | O_CLOEXEC);

		if (fd < 0)
			continue;
		log_printf(log, "stop %s", path);
		if (write(fd, "1", 1) != 1)
			return err_sys(err, "cannot stop the cache of %s", name);
	}
	for (int i = 0; i < BUSY_TRIES && file_exists(dir); i++)
		usleep(BUSY_US);
	return 0;
}

/* An array inside of a container of DDF or IMSM has to stop before the container (md(4), external metadata).
 */
static bool is_container(const char *name)
{
	auto_free char *path = xasprintf("/sys/class/block/%s/md/metadata_version", name);
	auto_free char *text = file_line(path);

	return text && str_starts(text, "external:") && text[strlen("external:")] != '/';
}

/* Take down one dm, md or bcache device. */
static int stop_one(const char *name, struct door *door, struct err *err)
{
	if (str_starts(name, "bcache"))
		return stop_bcache(name, door->log, err);
	if (str_starts(name, "dm-"))
		return stop_dm(name, door, err);
	if (str_starts(name, "md") && !strchr(name, 'p')) /* md127p1 goes with md127 */
		return stop_md(name, door->log, err);
	return 0;
}

int disk_stop(const struct disk_facts *disk, struct door *door, struct err *err)
{
	__attribute__((cleanup(devs_clear))) struct devs devs = { 0 };
	auto_argv stack = { 0 };
	auto_argv containers = { 0 };
	int r;

	collect(disk->name, &stack);
	devs_of(&stack, &devs);
	r = stop_swap(&devs, door->log, err);
	if (!r)
		r = stop_mounts(&devs, disk, door->log, err);
	for (size_t i = 0; i < stack.n; i++)
		if (is_container(stack.v[i]))
			argv_add(&containers, stack.v[i]);
	/* Not the disk itself: a LUN's map is a device-mapper device too, and stays. */
	for (size_t i = 0; !r && i < stack.n; i++)
		if (!argv_has(&containers, stack.v[i]) && !str_eq(stack.v[i], disk->name))
			r = stop_one(stack.v[i], door, err);
	for (size_t i = 0; !r && i < containers.n; i++)
		r = stop_one(containers.v[i], door, err);
	return r;
}
