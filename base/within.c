#include "base/within.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>

#include "base/file.h"
#include "base/util.h"

#define OPEN_TRIES 10000
#define BLOCK      ((size_t)1 << 20)
#define LABEL      "security.selinux"

int within_open(int top, const char *path, int flags)
{
	return within_open_by(top, path, flags, RESOLVE_IN_ROOT);
}

int within_open_by(int top, const char *path, int flags, uint64_t resolve)
{
	struct open_how how = { .flags = (uint64_t)(flags | O_CLOEXEC), .resolve = resolve };
	int fd = -1;

	while (*path == '/')
		path++;
	/* openat2(2): EAGAIN when anything on the machine was renamed or mounted while ".." was followed; try
	 * again. */
	for (int i = 0; i < OPEN_TRIES; i++) {
		fd = (int)syscall(SYS_openat2, top, *path ? path : ".", &how, sizeof(how));
		if (fd >= 0 || errno != EAGAIN)
			break;
	}
	return fd;
}

static int open_below(const char *root, const char *path, int flags)
{
	auto_close int top = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);

	return top < 0 ? -1 : within_open(top, path, flags);
}

/* No device, and no pipe to wait at. */
static int open_file(const char *root, const char *path, struct err *err)
{
	int fd = open_below(root, path, O_RDONLY | O_NONBLOCK);
	struct stat st;

	if (fd < 0)
		return err_sys(err, "cannot open %s of %s", path, root);
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		return fd;
	close(fd);
	return err_set(err, ERR_SYS, "%s of %s is no file", path, root);
}

bool within_exists(const char *root, const char *path)
{
	auto_close int fd = open_below(root, path, O_PATH);

	return fd >= 0;
}

int within_read(const char *root, const char *path, struct buf *b, struct err *err)
{
	auto_close int fd = open_file(root, path, err);
	ssize_t n;

	if (fd < 0)
		return fd;
	while ((n = read(fd, buf_room(b, BLOCK), BLOCK)) > 0)
		buf_used(b, (size_t)n);
	return n < 0 ? err_sys(err, "cannot read %s of %s", path, root) : 0;
}

int within_copy(const char *root, const char *path, const char *to, mode_t mode, struct err *err)
{
	auto_buf b = { 0 };
	int r = within_read(root, path, &b, err);

	return r ? r : file_write(to, b.data, b.len, mode, err);
}

/* The folder that path is in, and the name in it (a part of path). */
static int open_folder(const char *root, const char *path, const char **name)
{
	const char *slash = strrchr(path, '/');
	auto_free char *folder = slash ? xstrndup(path, (size_t)(slash - path)) : xstrdup("");

	*name = slash ? slash + 1 : path;
	return open_below(root, folder, O_RDONLY | O_DIRECTORY);
}

/* The owner, the mode and the label that the file of that name has; a link's are nobody's. -1 with errno. */
static int keep_looks(int folder, const char *name, int fd)
{
	auto_close int old = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	char label[512];
	struct stat st;
	ssize_t n;

	if (old < 0 || fstat(old, &st) || !S_ISREG(st.st_mode))
		return 0;
	/* chown(2) clears set-user-ID: the mode comes after it. */
	if (fchown(fd, st.st_uid, st.st_gid) || fchmod(fd, st.st_mode & 07777))
		return -1;
	n = fgetxattr(old, LABEL, label, sizeof(label));
	if (n > 0)
		fsetxattr(fd, LABEL, label, (size_t)n, 0);
	return 0;
}

int within_write(const char *root, const char *path, const void *data, size_t len, mode_t mode,
		 struct err *err)
{
	const char *name;
	auto_close int folder = open_folder(root, path, &name);
	auto_free char *temporary = xasprintf("%s.xenith-new", name);
	auto_close int fd = -1;

	if (folder < 0)
		return err_sys(err, "cannot open the folder of %s in %s", path, root);
	unlinkat(folder, temporary, 0);
	fd = openat(folder, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
	if (fd < 0)
		return err_sys(err, "cannot create %s in %s", path, root);
	if (fchmod(fd, mode) || keep_looks(folder, name, fd) || file_write_fd(fd, data, len) || fsync(fd) ||
	    renameat(folder, temporary, folder, name)) {
		int r = err_sys(err, "cannot write %s in %s", path, root);

		unlinkat(folder, temporary, 0);
		return r;
	}
	return 0;
}

int within_remove(const char *root, const char *path, struct err *err)
{
	const char *name;
	auto_close int folder = open_folder(root, path, &name);

	if (folder < 0 && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	return folder < 0 || (unlinkat(folder, name, 0) && errno != ENOENT)
		       ? err_sys(err, "cannot remove %s in %s", path, root)
		       : 0;
}

void within_names(const char *root, const char *path, struct argv *ret)
{
	int fd = open_below(root, path, O_RDONLY | O_DIRECTORY);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;

	if (!d) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while ((e = readdir(d)))
		if (!str_eq(e->d_name, ".") && !str_eq(e->d_name, ".."))
			argv_add(ret, e->d_name);
	closedir(d);
	argv_sort_unique(ret);
}
