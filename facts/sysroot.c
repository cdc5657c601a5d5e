#include "facts/sysroot.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/util.h"
#include "base/within.h"

#define FILE_MAX (1024 * 1024)

static int open_in_root(const struct sysroot *sr, const char *path, int flags)
{
	return within_open_by(sr->fd, path, flags, sr->live ? 0 : RESOLVE_IN_ROOT);
}

static int open_fmt(const struct sysroot *sr, int flags, const char *fmt, va_list ap)
{
	auto_buf path = { 0 };

	buf_vaddf(&path, fmt, ap);
	return open_in_root(sr, buf_str(&path), flags);
}

/* Where an open file is, through /proc/self/fd. free(3). */
static char *fd_path(int fd)
{
	char link[64], target[4096];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, target, sizeof(target) - 1);
	return n > 0 ? xstrndup(target, (size_t)n) : NULL;
}

int sysroot_open(struct sysroot *ret, const char *path, struct arena *arena, struct err *err)
{
	char *real = realpath(path, NULL);
	int fd = real ? open(real, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

	if (fd < 0) {
		int r = err_sys(err, "cannot read the folder %s", path);

		free(real);
		return r;
	}
	*ret = (struct sysroot){ .fd = fd, .live = str_eq(real, "/"), .path = real, .arena = arena };
	return 0;
}

void sysroot_close(struct sysroot *sr)
{
	if (sr->path)
		close(sr->fd);
	free(sr->path);
	*sr = (struct sysroot){ .fd = -1 };
}

static bool read_fd(int fd, struct buf *b)
{
	struct stat st;

	if (fstat(fd, &st) || !S_ISREG(st.st_mode))
		return false;
	for (size_t total = 0; total < FILE_MAX;) {
		char *p = buf_room(b, 16384);
		ssize_t n = read(fd, p, 16384);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		buf_used(b, (size_t)n);
		total += (size_t)n;
		if (n == 0)
			break;
	}
	return true;
}

bool sysroot_read(const struct sysroot *sr, struct buf *b, const char *fmt, ...)
{
	auto_close int fd = -1;
	va_list ap;

	va_start(ap, fmt);
	fd = open_fmt(sr, O_RDONLY | O_NONBLOCK, fmt, ap);
	va_end(ap);
	return fd >= 0 && read_fd(fd, b);
}

FILE *sysroot_file(const struct sysroot *sr, const char *fmt, ...)
{
	FILE *f;
	va_list ap;
	int fd;

	va_start(ap, fmt);
	fd = open_fmt(sr, O_RDONLY | O_NONBLOCK, fmt, ap);
	va_end(ap);
	f = fd >= 0 ? fdopen(fd, "r") : NULL;
	if (!f && fd >= 0)
		close(fd);
	return f;
}

static char *first_line(const struct sysroot *sr, const struct buf *b)
{
	const char *s = buf_str(b);
	size_t len;

	while (*s == ' ' || *s == '\t')
		s++;
	len = strcspn(s, "\n");
	while (len && isspace((unsigned char)s[len - 1]))
		len--;
	return len ? arena_strndup(sr->arena, s, len) : NULL;
}

static const char *line_fmt(const struct sysroot *sr, const char *fmt, va_list ap)
{
	auto_close int fd = open_fmt(sr, O_RDONLY | O_NONBLOCK, fmt, ap);
	auto_buf b = { 0 };

	return fd >= 0 && read_fd(fd, &b) ? first_line(sr, &b) : NULL;
}

const char *sysroot_line(const struct sysroot *sr, const char *fmt, ...)
{
	const char *line;
	va_list ap;

	va_start(ap, fmt);
	line = line_fmt(sr, fmt, ap);
	va_end(ap);
	return line;
}

int sysroot_folder(const struct sysroot *sr, const char *fmt, ...)
{
	va_list ap;
	int fd;

	va_start(ap, fmt);
	fd = open_fmt(sr, O_PATH | O_DIRECTORY, fmt, ap);
	va_end(ap);
	return fd;
}

bool sysroot_read_at(int folder, struct buf *b, const char *path)
{
	auto_close int fd =
		within_open_by(folder, path, O_RDONLY | O_NONBLOCK, RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH);

	return fd >= 0 && read_fd(fd, b);
}

const char *sysroot_line_at(const struct sysroot *sr, int folder, const char *path)
{
	auto_buf b = { 0 };

	return sysroot_read_at(folder, &b, path) ? first_line(sr, &b) : NULL;
}

uint64_t sysroot_u64(const struct sysroot *sr, uint64_t fallback, const char *fmt, ...)
{
	const char *line;
	uint64_t v;
	va_list ap;

	va_start(ap, fmt);
	line = line_fmt(sr, fmt, ap);
	va_end(ap);
	return line && str_u64(line, &v) ? v : fallback;
}

bool sysroot_exists(const struct sysroot *sr, const char *fmt, ...)
{
	auto_close int fd = -1;
	va_list ap;

	va_start(ap, fmt);
	fd = open_fmt(sr, O_PATH, fmt, ap);
	va_end(ap);
	return fd >= 0;
}

const char *sysroot_real(const struct sysroot *sr, const char *fmt, ...)
{
	auto_close int fd = -1;
	auto_free char *real = NULL;
	size_t skip = sr->live ? 0 : strlen(sr->path);
	va_list ap;

	va_start(ap, fmt);
	fd = open_fmt(sr, O_PATH, fmt, ap);
	va_end(ap);
	real = fd >= 0 ? fd_path(fd) : NULL;
	if (!real || strncmp(real, sr->path, skip) != 0)
		return NULL;
	return arena_strdup(sr->arena, real[skip] ? real + skip : "/");
}

const char *sysroot_link(const struct sysroot *sr, const char *fmt, ...)
{
	auto_close int fd = -1;
	char target[4096];
	ssize_t n;
	va_list ap;

	va_start(ap, fmt);
	fd = open_fmt(sr, O_PATH | O_NOFOLLOW, fmt, ap);
	va_end(ap);
	n = fd >= 0 ? readlinkat(fd, "", target, sizeof(target)) : -1;
	return n > 0 ? arena_strndup(sr->arena, target, (size_t)n) : NULL;
}

void sysroot_list(const struct sysroot *sr, struct argv *names, const char *fmt, ...)
{
	const struct dirent *e;
	va_list ap;
	DIR *dir;
	int fd;

	va_start(ap, fmt);
	fd = open_fmt(sr, O_RDONLY | O_DIRECTORY | O_NONBLOCK, fmt, ap);
	va_end(ap);
	dir = fd >= 0 ? fdopendir(fd) : NULL;
	if (!dir) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while ((e = readdir(dir)))
		if (!str_eq(e->d_name, ".") && !str_eq(e->d_name, ".."))
			argv_add(names, e->d_name);
	closedir(dir);
	argv_sort_unique(names);
}

bool name_numbered(const char *s, const char *prefix)
{
	size_t len = strlen(prefix);

	return str_starts(s, prefix) && s[len] && strspn(s + len, "0123456789") == strlen(s + len);
}
