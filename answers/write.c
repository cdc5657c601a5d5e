#include "answers/write.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/util.h"

#define TEMPORARY ".xenith-new"

void write_files_add(struct write_files *files, char *path, const char *data, size_t len)
{
	xgrow(&files->v, &files->cap, files->n, sizeof(*files->v));
	files->v[files->n++] = (struct write_file){ path, files->text.len, len };
	buf_add(&files->text, data, len);
}

/* The folder of a file that has one; the file before it may have made it. */
static int make_folder(int dir, const char *path, const char *before, struct err *err)
{
	const char *slash = strchr(path, '/');
	auto_free char *folder = slash ? xstrndup(path, (size_t)(slash - path)) : NULL;

	if (folder && before && strncmp(before, path, (size_t)(slash + 1 - path)) == 0)
		return 0;
	if (folder && mkdirat(dir, folder, 0700) && errno != EEXIST)
		return err_sys(err, "cannot make %s", folder);
	return 0;
}

static int write_new(int dir, const char *path, const char *before, const char *data, size_t len,
		     struct err *err)
{
	auto_free char *tmp = xasprintf("%s" TEMPORARY, path);
	auto_close int fd = -1;
	int r = make_folder(dir, path, before, err);

	if (r)
		return r;
	/* What an interrupted run left there goes away. */
	fd = openat(dir, tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0 && errno == EEXIST && unlinkat(dir, tmp, 0) == 0)
		fd = openat(dir, tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return err_sys(err, "cannot create %s", tmp);
	while (len) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return err_sys(err, "cannot write %s", tmp);
		data += n;
		len -= (size_t)n;
	}
	return 0;
}

int write_files(const struct write_files *files, const char *dir, struct err *err)
{
	auto_close int fd = -1;
	int r = file_mkdirs(dir, 0700, err);
	size_t written = 0;

	if (r)
		return r;
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return err_sys(err, "cannot open %s", dir);
	for (; !r && written < files->n; written++) {
		const struct write_file *f = &files->v[written];

		r = write_new(fd, f->path, written ? f[-1].path : NULL, buf_str(&files->text) + f->start,
			      f->len, err);
	}
	/* One for all: an fsync a file would take longer than all the rest. */
	if (!r && syncfs(fd))
		r = err_sys(err, "cannot write %s", dir);
	for (size_t i = 0; i < written; i++) {
		auto_free char *tmp = xasprintf("%s" TEMPORARY, files->v[i].path);

		if (r)
			unlinkat(fd, tmp, 0);
		else if (renameat(fd, tmp, fd, files->v[i].path))
			r = err_sys(err, "cannot write %s/%s", dir, files->v[i].path);
	}
	return r;
}

void write_files_clear(struct write_files *files)
{
	for (size_t i = 0; i < files->n; i++)
		free(files->v[i].path);
	free(files->v);
	buf_clear(&files->text);
	*files = (struct write_files){ 0 };
}
