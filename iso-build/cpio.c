#include "iso-build/cpio.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <lzma.h>
#include <sys/stat.h>

#include "base/file.h"
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

static int list_tree(const char *root, struct argv *ret, struct err *err)
{
	char *paths[] = { (char *)root, NULL };
	size_t skip = strlen(root);
	FTS *fts = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	FTSENT *e;
	int r = 0;

	if (!fts)
		return err_sys(err, "cannot walk %s", root);
	while (!r && (e = fts_read(fts))) {
		if (e->fts_info == FTS_ERR || e->fts_info == FTS_DNR || e->fts_info == FTS_NS) {
			errno = e->fts_errno;
			r = err_sys(err, "cannot read %s", e->fts_path);
		} else if (e->fts_info != FTS_DP && e->fts_level > 0) {
			argv_add(ret, e->fts_path + skip);
		}
	}
	fts_close(fts);
	argv_sort_unique(ret);
	return r;
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

static int add_all(struct cpio *c, struct err *err)
{
	const struct argv *first = c->opts->first;
	auto_argv names = { 0 };
	auto_argv done = { 0 };
	int r = list_tree(c->root, &names, err);

	for (size_t i = 0; !r && first && i < first->n; i++)
		r = add_with_parents(c, first->v[i], &done, err);
	for (size_t i = 0; !r && i < names.n; i++)
		if (!argv_has(&done, names.v[i]))
			r = add_entry(c, names.v[i], err);
	return r;
}

/* The kernel's decoder allocates the dictionary: more than this gains little. It knows no CRC64, which
 * libarchive's own xz writer makes (linux: Documentation/staging/xz.rst). */
#define XZ_DICT_BYTES (32u << 20)

/* What libarchive writes, through liblzma to a file. */
struct packer {
	lzma_stream xz;
	int fd;
	uint8_t out[65536];
};

static bool pack(struct packer *p, const void *data, size_t len, lzma_action action)
{
	lzma_ret ret = LZMA_OK;

	p->xz.next_in = data;
	p->xz.avail_in = len;
	while (ret == LZMA_OK && (p->xz.avail_in || action == LZMA_FINISH)) {
		size_t n;

		p->xz.next_out = p->out;
		p->xz.avail_out = sizeof(p->out);
		ret = lzma_code(&p->xz, action);
		n = sizeof(p->out) - p->xz.avail_out;
		if (n && write(p->fd, p->out, n) != (ssize_t)n)
			return false;
	}
	return ret == LZMA_OK || ret == LZMA_STREAM_END;
}

static la_ssize_t on_write(struct archive *a, void *arg, const void *data, size_t len)
{
	if (pack(arg, data, len, LZMA_RUN))
		return (la_ssize_t)len;
	archive_set_error(a, errno, "cannot compress or write");
	return -1;
}

static int on_close(struct archive *a, void *arg)
{
	struct packer *p = arg;

	if (pack(p, NULL, 0, LZMA_FINISH))
		return ARCHIVE_OK;
	archive_set_error(a, errno, "cannot compress or write");
	return ARCHIVE_FATAL;
}

static bool open_xz(struct archive *a, struct packer *p)
{
	lzma_options_lzma options;
	/* Programs and libraries gain by the filter for x86; modules are packed already. */
	lzma_filter filters[] = { { LZMA_FILTER_X86, NULL },
				  { LZMA_FILTER_LZMA2, &options },
				  { LZMA_VLI_UNKNOWN, NULL } };

	if (lzma_lzma_preset(&options, 9 | LZMA_PRESET_EXTREME))
		return false;
	options.dict_size = XZ_DICT_BYTES;
	return lzma_stream_encoder(&p->xz, filters, LZMA_CHECK_CRC32) == LZMA_OK &&
	       archive_write_open2(a, p, NULL, on_write, on_close, NULL) == ARCHIVE_OK;
}

static bool open_zstd(struct archive *a, int fd, int level)
{
	auto_free char *text = xasprintf("%d", level);

	return archive_write_add_filter_zstd(a) == ARCHIVE_OK &&
	       archive_write_set_filter_option(a, "zstd", "compression-level", text) == ARCHIVE_OK &&
	       archive_write_open_fd(a, fd) == ARCHIVE_OK;
}

int cpio_append(const char *root, const char *output, const struct cpio_opts *opts, struct err *err)
{
	auto_close int fd = open(output, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	auto_free char *top = xstrdup(root);
	struct packer packer = { .xz = LZMA_STREAM_INIT, .fd = fd };
	struct cpio c = { .root = top, .opts = opts };
	int r;

	for (size_t n = strlen(top); n && top[n - 1] == '/'; n--)
		top[n - 1] = '\0';
	if (fd < 0)
		return err_sys(err, "cannot create %s", output);
	c.a = archive_write_new();
	if (archive_write_set_format_cpio_newc(c.a) != ARCHIVE_OK ||
	    archive_write_set_bytes_in_last_block(c.a, 1) != ARCHIVE_OK ||
	    !(opts->level ? open_zstd(c.a, fd, opts->level) : open_xz(c.a, &packer)))
		r = failed(&c, output, err);
	else
		r = add_all(&c, err);
	if (!r && archive_write_close(c.a) != ARCHIVE_OK)
		r = failed(&c, output, err);
	archive_write_free(c.a);
	lzma_end(&packer.xz);
	return r;
}
