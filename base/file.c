#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>

#include "base/util.h"

int file_read(const char *path, struct buf *b, struct err *err)
{
	return file_read_max(path, SIZE_MAX, b, err);
}

int file_read_max(const char *path, size_t max, struct buf *b, struct err *err)
{
	size_t before = b->len;
	auto_close int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return err_sys(err, "cannot open %s", path);
	for (;;) {
		char *p = buf_room(b, 65536);
		ssize_t n = read(fd, p, 65536);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(err, "cannot read %s", path);
		buf_used(b, (size_t)n);
		if (n == 0 || b->len - before >= max)
			return 0;
	}
}

char *file_line(const char *path)
{
	auto_buf b = { 0 };
	size_t len;

	if (file_read(path, &b, NULL))
		return NULL;
	len = strcspn(buf_str(&b), "\n");
	while (len && (b.data[len - 1] == ' ' || b.data[len - 1] == '\t'))
		len--;
	return xstrndup(buf_str(&b), len);
}

bool file_exists(const char *path)
{
	return access(path, F_OK) == 0;
}

int file_write_fd(int fd, const void *data, size_t len)
{
	const char *at = data;

	while (len) {
		ssize_t n = write(fd, at, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		at += n;
		len -= (size_t)n;
	}
	return 0;
}

static int make_parent(const char *path, struct err *err)
{
	const char *slash = strrchr(path, '/');
	auto_free char *dir = NULL;

	if (!slash || slash == path)
		return 0;
	dir = xstrndup(path, (size_t)(slash - path));
	return file_mkdirs(dir, 0755, err);
}

int file_write(const char *path, const void *data, size_t len, mode_t mode, struct err *err)
{
	auto_free char *tmp = xasprintf("%s.xenith-new", path);
	auto_close int fd = -1;
	int r = make_parent(path, err);

	if (r)
		return r;
	fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode);
	if (fd < 0)
		return err_sys(err, "cannot create %s", tmp);
	if (fchmod(fd, mode) || file_write_fd(fd, data, len) || fsync(fd) || rename(tmp, path)) {
		r = err_sys(err, "cannot write %s", path);
		unlink(tmp);
	}
	return r;
}

int file_append(const char *path, const void *data, size_t len, mode_t mode, struct err *err)
{
	auto_close int fd = -1;
	int r = make_parent(path, err);

	if (r)
		return r;
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, mode);
	if (fd < 0 || file_write_fd(fd, data, len))
		return err_sys(err, "cannot append to %s", path);
	return 0;
}

int file_mkdirs(const char *path, mode_t mode, struct err *err)
{
	auto_free char *p = xstrdup(path);

	for (char *s = p + 1; *s; s++) {
		if (*s != '/')
			continue;
		*s = '\0';
		if (mkdir(p, 0755) && errno != EEXIST)
			return err_sys(err, "cannot make folder %s", p);
		*s = '/';
	}
	if (mkdir(p, mode) && errno != EEXIST)
		return err_sys(err, "cannot make folder %s", p);
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)st, (void)kind, (void)ftw;
	return remove(path);
}

int file_remove_tree(const char *path, struct err *err)
{
	struct stat st;

	if (lstat(path, &st))
		return errno == ENOENT ? 0 : err_sys(err, "cannot look at %s", path);
	if (nftw(path, remove_one, 32, FTW_DEPTH | FTW_PHYS | FTW_MOUNT))
		return err_sys(err, "cannot remove %s", path);
	return 0;
}

char *path_join(const char *a, const char *b)
{
	size_t len = strlen(a);

	while (len && a[len - 1] == '/')
		len--;
	while (*b == '/')
		b++;
	return xasprintf("%.*s/%s", (int)len, a, b);
}
