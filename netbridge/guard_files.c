#include "netbridge/guard_files.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/util.h"

#define PENDING "/var/lib/xenith/net-change"
#define UNITS   "/etc/systemd/system"
#define UNIT    "xenith-net-rollback.service"
#define WANTS   "sysinit.target.wants/" UNIT

static const char unit[] =
	"# Written by `xenith bridge apply` and removed by `xenith bridge confirm`.\n"
	"[Unit]\n"
	"Description=Restore the network's files of an unconfirmed change\n"
	"DefaultDependencies=no\n"
	"After=local-fs.target\n"
	"Before=network-pre.target systemd-networkd.service networking.service shutdown.target\n"
	"Wants=network-pre.target\n"
	"Conflicts=shutdown.target\n"
	"ConditionPathExists=" PENDING "/list\n"
	"\n"
	"[Service]\n"
	"Type=oneshot\n"
	"ExecStart=%s bridge rollback --boot\n"
	"\n"
	"[Install]\n"
	"WantedBy=sysinit.target\n";

static char *pending(const struct net_guard_paths *paths, const char *name)
{
	return path_join(paths && paths->pending ? paths->pending : PENDING, name);
}

static char *units(const struct net_guard_paths *paths, const char *name)
{
	return path_join(paths && paths->units ? paths->units : UNITS, name);
}

bool guard_files_pending(const struct net_guard_paths *paths)
{
	auto_free char *list = pending(paths, "list");

	return file_exists(list);
}

/* "file 0644 PATH", "link TARGET PATH" or "absent PATH" a line; copies are named by their line. */
static int keep_one(const struct net_guard_paths *paths, const char *file, size_t number, struct buf *list,
		    struct err *err)
{
	auto_free char *name = xasprintf("%zu", number), *copy = pending(paths, name);
	auto_buf data = { 0 };
	struct stat st;
	char target[4096];
	ssize_t n;
	int r;

	if (lstat(file, &st)) {
		if (errno != ENOENT && errno != ENOTDIR)
			return err_sys(err, "%s", file);
		buf_addf(list, "absent - %s\n", file);
		return 0;
	}
	if (S_ISLNK(st.st_mode)) {
		n = readlink(file, target, sizeof(target) - 1);
		if (n < 0)
			return err_sys(err, "%s", file);
		target[n] = '\0';
		buf_addf(list, "link %s %s\n", target, file);
		return 0;
	}
	r = file_read(file, &data, err);
	if (!r)
		r = file_write(copy, buf_str(&data), data.len, 0600, err);
	buf_addf(list, "file %04o %s\n", (unsigned)(st.st_mode & 07777), file);
	return r;
}

static int write_unit(const struct net_guard_paths *paths, struct err *err)
{
	auto_free char *path = units(paths, UNIT), *link = units(paths, WANTS);
	auto_free char *dir = xstrndup(link, (size_t)(strrchr(link, '/') - link));
	auto_free char *text = NULL;
	char self[4096];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	int r;

	self[n < 0 ? 0 : n] = '\0';
	text = xasprintf(unit, self);
	r = file_write(path, text, strlen(text), 0644, err);
	if (!r)
		r = file_mkdirs(dir, 0755, err);
	if (!r && symlink("../" UNIT, link) && errno != EEXIST)
		r = err_sys(err, "%s", link);
	return r;
}

/* The list is written last: without it there is nothing to restore. */
int guard_files_keep(const struct net_guard_paths *paths, const char *const *files, struct err *err)
{
	auto_free char *path = pending(paths, "list");
	auto_buf list = { 0 };
	int r = 0;

	if (guard_files_pending(paths))
		return err_set(
			err, ERR_NET_CHANGE,
			"a change of the network waits for its confirmation: `xenith bridge confirm` or "
			"`xenith bridge rollback` first");
	for (size_t i = 0; files[i] && !r; i++)
		r = keep_one(paths, files[i], i, &list, err);
	if (!r)
		r = write_unit(paths, err);
	return r ? r : file_write(path, buf_str(&list), list.len, 0600, err);
}

static int restore_one(const struct net_guard_paths *paths, char *line, size_t number, struct err *err)
{
	auto_free char *name = xasprintf("%zu", number), *copy = pending(paths, name);
	char *how = line, *what = strchr(line, ' '), *path = what ? strchr(what + 1, ' ') : NULL;
	auto_buf data = { 0 };
	int r;

	if (!path)
		return err_set(err, ERR_SYS, "%s: cannot read \"%s\"", copy, line);
	*what++ = '\0';
	*path++ = '\0';
	if (str_eq(how, "absent"))
		return unlink(path) && errno != ENOENT && errno != ENOTDIR ? err_sys(err, "%s", path) : 0;
	if (str_eq(how, "link")) {
		unlink(path);
		return symlink(what, path) ? err_sys(err, "%s", path) : 0;
	}
	r = file_read(copy, &data, err);
	return r ? r : file_write(path, buf_str(&data), data.len, (mode_t)strtoul(what, NULL, 8), err);
}

int guard_files_restore(const struct net_guard_paths *paths, struct log *log, struct err *err)
{
	auto_free char *path = pending(paths, "list");
	auto_argv lines = { 0 };
	auto_buf list = { 0 };
	int first = file_read(path, &list, err);

	argv_split(&lines, buf_str(&list), "\n");
	for (size_t i = 0; i < lines.n; i++) {
		struct err one = { 0 };

		log_printf(log, "restore %s", lines.v[i]);
		if (restore_one(paths, lines.v[i], i, &one) && !first)
			first = err_copy(err, &one);
	}
	return first;
}

/* The list goes first, and is gone for good: what is left behind is never restored, whenever the power fails.
 */
void guard_files_forget(const struct net_guard_paths *paths)
{
	auto_free char *list = pending(paths, "list"), *dir = pending(paths, "");
	auto_free char *link = units(paths, WANTS), *path = units(paths, UNIT);
	auto_close int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (!unlink(list) && fd >= 0)
		fsync(fd);
	unlink(link);
	unlink(path);
	file_remove_tree(dir, NULL);
}
