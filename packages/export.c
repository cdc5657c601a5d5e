#include "packages/export.h"

#include <errno.h>
#include <fcntl.h>
#include <nfsc/libnfs.h>

#include "base/util.h"
#include "packages/export_url.h"
#include "packages/export_way.h"

#define BLOCK_BYTES (256u << 10)

struct export
{
	char *mounted; /* the URL of the folder that paths are below, with its options */
	char *path;
	struct export_way way;
	/* By libnfs, or by the kernel; NULL or -1: the other */
	struct nfsfh *file;
	int fd;
};

static void close_file(struct export *e)
{
	if (e->file)
		nfs_close(e->way.nfs, e->file);
	if (e->fd >= 0)
		close(e->fd);
	e->file = NULL;
	e->fd = -1;
}

void export_free(struct export *e)
{
	if (!e)
		return;
	close_file(e);
	export_way_close(&e->way);
	free(e->mounted);
	free(e->path);
	free(e);
}

static int open_file(struct export *e, const char *name, struct err *err)
{
	int r;

	if (e->way.dir >= 0) {
		e->fd = openat(e->way.dir, name + strspn(name, "/"), O_RDONLY | O_CLOEXEC);
		r = e->fd < 0 ? -errno : 0;
	} else
		r = nfs_open(e->way.nfs, name, O_RDONLY, &e->file);
	return r < 0 ? err_set(err, export_kind(r), "cannot open %s on %s: %s", e->path, e->mounted,
			       e->way.dir >= 0 ? strerror(-r) : nfs_get_error(e->way.nfs))
		     : 0;
}

int export_open(struct export **e, const char *url, struct err *err)
{
	auto_free char *host = NULL, *path = NULL, *top = NULL, *folder = NULL;
	const char *options = NULL;
	size_t options_len, len;
	int r = 0;

	if (!export_split(url, &host, &path, &options, &options_len))
		return err_set(err, ERR_KS_URL_FORM, "%s: wants nfs:[OPTIONS:]SERVER:/PATH", url);
	len = export_folder_len(path);
	top = len ? xstrndup(path, len) : xstrdup("/");
	folder = xasprintf("nfs://%s%s%s%.*s", host, top, options_len ? "?" : "", (int)options_len,
			   options_len ? options : "");
	if (*e && !str_eq((*e)->mounted, folder)) {
		export_free(*e);
		*e = NULL;
	}
	if (!*e) {
		*e = xcalloc(1, sizeof(**e));
		**e = (struct export){ .mounted = TAKE(folder), .fd = -1 };
		r = export_way_open(host, top, options, options_len, &(*e)->way, err);
	}
	if (r) {
		export_free(*e);
		*e = NULL;
		return r;
	}
	close_file(*e);
	free((*e)->path);
	(*e)->path = xstrdup(path);
	return open_file(*e, path + len, err);
}

ssize_t export_read(struct export *e, uint64_t offset, void *data, size_t len, struct err *err)
{
	ssize_t n = e->way.dir >= 0 ? pread(e->fd, data, len, (off_t)offset)
				    : nfs_pread(e->way.nfs, e->file, offset, len, data);

	if (n < 0)
		err_set(err, ERR_SRC_UNREACHED, "cannot read %s: %s", e->path,
			e->way.dir >= 0 ? strerror(errno) : nfs_get_error(e->way.nfs));
	return n < 0 ? -1 : n;
}

int export_fetch(const char *url, uint64_t max_bytes, struct buf *ret, struct err *err)
{
	struct export *e = NULL;
	int r = export_open(&e, url, err);
	ssize_t n = 1;

	ret->len = 0;
	while (!r && n > 0) {
		n = export_read(e, ret->len, buf_room(ret, BLOCK_BYTES), BLOCK_BYTES, err);
		if (n < 0)
			r = -(int)err->code;
		buf_used(ret, n > 0 ? (size_t)n : 0);
		if (!r && ret->len > max_bytes)
			r = err_set(err, ERR_SRC_SHORT, "%s: larger than the %llu bytes that are allowed",
				    url, (unsigned long long)max_bytes);
	}
	export_free(e);
	return r;
}
