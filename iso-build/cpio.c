#include "iso-build/cpio.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"
#include "base/tree.h"
#include "base/util.h"

struct cpio {
	struct archive *a;
	const char *root;
	const struct cpio_opts *opts;
	int64_t ino;
};

static int failed(struct cpio *c, const char *path, struct err *err)
{
	return err_set(err, ERR_SYS, "cannot add %s to the initramfs: %s", path, archive_error_string(c->a));
}

static int add_content(struct cpio *c, const char *path, struct err *err)
{
	auto_close int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	char data[65536];
	ssize_t n;

	if (fd < 0)
		return err_sys(err, "cannot open %s", path);
	while ((n = read(fd, data, sizeof(data))) > 0)
		if (archive_write_data(c->a, data, (size_t)n) != n)
			return failed(c, path, err);
	return n < 0 ? err_sys(err, "cannot read %s", path) : 0;
}

/* name: "/usr/bin/x", below root. */
static int add_entry(struct cpio *c, const char *name, struct err *err)
{
	auto_free char *path = path_join(c->root, name);
	struct archive_entry *e;
	char target[4096];
	struct stat st;
	int r = 0;

	if (lstat(path, &st))
		return err_sys(err, "cannot look at %s", path);
	e = archive_entry_new();
	archive_entry_set_pathname(e, name + 1);
	archive_entry_set_mode(e, st.st_mode);
	archive_entry_set_nlink(e, 1);
	archive_entry_set_ino64(e, ++c->ino);
	archive_entry_set_mtime(e, c->opts->mtime, 0);
	archive_entry_set_size(e, S_ISREG(st.st_mode) ? st.st_size : 0);
	if (S_ISLNK(st.st_mode)) {
		ssize_t n = readlink(path, target, sizeof(target) - 1);

		if (n < 0)
			r = err_sys(err, "cannot read the link %s", path);
		target[n < 0 ? 0 : n] = '\0';
		archive_entry_set_symlink(e, target);
	}
	if (!r && archive_write_header(c->a, e) != ARCHIVE_OK)
		r = failed(c, path, err);
	if (!r && S_ISREG(st.st_mode))
		r = add_content(c, path, err);
	archive_entry_free(e);
	return r;
}

static bool below_root(const struct tree_entry *e)
{
	return *e->below;
}

/* The folders above path that were not written yet, then path itself. */
static int add_with_parents(struct cpio *c, const char *path, struct argv *done, struct err *err)
{
	for (const char *s = strchr(path + 1, '/'); s; s = strchr(s + 1, '/')) {
		auto_free char *parent = xstrndup(path, (size_t)(s - path));
		int r;

		if (argv_has(done, parent))
			continue;
		argv_add(done, parent);
		r = add_entry(c, parent, err);
		if (r)
			return r;
	}
	if (argv_has(done, path))
		return 0;
	argv_add(done, path);
	return add_entry(c, path, err);
}

/* Nothing is won by compressing them once more, and time is lost at each start. */
static bool is_packed(const struct cpio *c, const char *name)
{
	auto_free char *path = path_join(c->root, name);
	struct stat st;

	return str_ends(name, ".xz") && lstat(path, &st) == 0 && S_ISREG(st.st_mode);
}

/* Where an archive that is not compressed may begin (buffer-format.rst). */
static int pad(int fd, struct err *err)
{
	static const char zeros[4];
	off_t end = lseek(fd, 0, SEEK_END);
	size_t n = end < 0 ? 0 : (size_t)(-end & 3);

	return end < 0 || write(fd, zeros, n) != (ssize_t)n ? err_sys(err, "cannot write the initramfs") : 0;
}

/* One archive, of the names that are not done. */
static int add_archive(struct cpio *c, const struct argv *names, struct argv *done, enum pack_method method,
		       int fd, struct err *err)
{
	const struct argv *first = c->opts->first;
	struct packer packer = { 0 };
	int r = 0;

	c->a = archive_write_new();
	if (archive_write_set_format_cpio_newc(c->a) != ARCHIVE_OK ||
	    archive_write_set_bytes_in_last_block(c->a, 1) != ARCHIVE_OK ||
	    !pack_open(&packer, c->a, method, c->opts->level, fd))
		r = failed(c, c->root, err);
	for (size_t i = 0; !r && first && i < first->n; i++)
		r = add_with_parents(c, first->v[i], done, err);
	for (size_t i = 0; !r && i < names->n; i++)
		if (!argv_has(done, names->v[i]))
			r = add_entry(c, names->v[i], err);
	if (!r && archive_write_close(c->a) != ARCHIVE_OK)
		r = failed(c, c->root, err);
	archive_write_free(c->a);
	pack_clear(&packer);
	return r;
}

static int add_all(struct cpio *c, int fd, struct err *err)
{
	auto_argv names = { 0 }, packed = { 0 }, rest = { 0 }, done = { 0 };
	int r = tree_list(c->root, 0, below_root, &names, err);

	for (size_t i = 0; i < names.n; i++)
		argv_add(is_packed(c, names.v[i]) ? &packed : &rest, names.v[i]);
	if (!r)
		r = add_archive(c, &rest, &done, c->opts->method, fd, err);
	if (!r && packed.n)
		r = pad(fd, err);
	return !r && packed.n ? add_archive(c, &packed, &done, PACK_STORED, fd, err) : r;
}

int cpio_append(const char *root, const char *output, const struct cpio_opts *opts, struct err *err)
{
	auto_close int fd = open(output, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	auto_free char *top = xstrdup(root);
	struct cpio c = { .root = top, .opts = opts };

	for (size_t n = strlen(top); n && top[n - 1] == '/'; n--)
		top[n - 1] = '\0';
	return fd < 0 ? err_sys(err, "cannot create %s", output) : add_all(&c, fd, err);
}
