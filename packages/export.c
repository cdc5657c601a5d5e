#include "packages/export.h"

#include <errno.h>
#include <fcntl.h>
#include <nfsc/libnfs.h>

#include "base/argv.h"
#include "base/util.h"
#include "packages/export_kernel.h"

#define BLOCK_BYTES (256u << 10)
#define TIMEOUT_MS  30000
#define RECONNECTS  2

struct export
{
	char *mounted; /* the URL of the folder that paths are below */
	char *path;
	/* By libnfs; */
	struct nfs_context *nfs;
	struct nfsfh *file;
	/* or by the kernel: the folder, and the file. -1: not so */
	int dir, fd;
};

bool export_is(const char *url)
{
	return str_starts(url, "nfs:");
}

/* One of libnfs's; NULL: a word for mount(8) that says nothing to libnfs. free(3). */
static char *option(const char *word)
{
	const char *value = strchr(word, '=');

	if (!value)
		return NULL;
	if (str_starts(word, "vers=") || str_starts(word, "nfsvers=") || str_starts(word, "version="))
		return xasprintf("version=%c", value[1]);
	if (str_starts(word, "port="))
		return xasprintf("nfs%s", word);
	return str_starts(word, "nfsport=") || str_starts(word, "mountport=") ? xstrdup(word) : NULL;
}

static void add_options(struct buf *b, const char *text, size_t len)
{
	auto_free char *own = xstrndup(text, len);
	auto_argv words = { 0 };
	bool any = false;

	argv_split(&words, own, ",&");
	for (size_t i = 0; i < words.n; i++) {
		auto_free char *o = option(words.v[i]);

		if (o)
			buf_addf(b, "%c%s", any ? '&' : '?', o);
		any = any || o;
	}
	buf_addf(b, "%sautoreconnect=%d", any ? "&" : "?", RECONNECTS);
}

/* [OPTIONS:]HOST:/PATH or //HOST/PATH[?OPTIONS] apart; host may be an IPv6 address in brackets. */
static bool take_apart(const char *url, char **host, char **path, const char **options, size_t *options_len)
{
	const char *rest = url + strlen("nfs:");
	const char *at, *end;

	*options_len = 0;
	if (str_starts(rest, "//")) {
		rest += 2;
		at = strchr(rest, '/');
		end = strrchr(rest, '?');
		if (end) {
			*options = end + 1;
			*options_len = strlen(end + 1);
		}
		if (!at || at == rest || (end && end < at))
			return false;
		*host = xstrndup(rest, (size_t)(at - rest));
		*path = end ? xstrndup(at, (size_t)(end - at)) : xstrdup(at);
		return true;
	}
	at = strchr(rest, '/');
	if (!at || at == rest)
		return false;
	end = at[-1] == ':' ? at - 1 : at;
	for (const char *c = end; c-- > rest && *c != ']';)
		if (*c == ':') {
			*options = rest;
			*options_len = (size_t)(c - rest);
			rest = c + 1;
			break;
		}
	if (end[-1] == ']') {
		const char *open = strchr(rest, '[');

		if (open && open > rest) {
			*options = rest;
			*options_len = (size_t)(open - rest) - 1;
			rest = open;
		}
	}
	*host = xstrndup(rest, (size_t)(end - rest));
	*path = xstrdup(at);
	return end > rest;
}

char *export_plain(const char *url)
{
	auto_free char *host = NULL, *path = NULL;
	const char *options = NULL;
	size_t len = 0;

	if (!take_apart(url, &host, &path, &options, &len))
		return xstrdup(url);
	return len ? xasprintf("nfs:%.*s:%s:%s", (int)len, options, host, path)
		   : xasprintf("nfs:%s:%s", host, path);
}

/* An archive is one export, or lies in one: its files have that part of the path in common. */
static size_t folder_len(const char *path)
{
	const char *dists = strstr(path, "/dists/"), *pool = strstr(path, "/pool/");
	const char *end = dists ? dists : pool ? pool : strrchr(path, '/');

	return (size_t)(end - path);
}

static void close_file(struct export *e)
{
	if (e->file)
		nfs_close(e->nfs, e->file);
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
	if (e->nfs)
		nfs_destroy_context(e->nfs);
	if (e->dir >= 0)
		close(e->dir);
	free(e->mounted);
	free(e->path);
	free(e);
}

/* The server answers, and what it says stays so. */
static enum err_code kind_of(int r)
{
	return r == -ENOENT || r == -EACCES || r == -EPERM ? ERR_SRC_STATUS : ERR_SRC_UNREACHED;
}

static int connect_libnfs(struct export *e, struct err *err)
{
	struct nfs_url *parsed;
	int r;

	e->nfs = nfs_init_context();
	if (!e->nfs)
		abort();
	nfs_set_timeout(e->nfs, TIMEOUT_MS);
	parsed = nfs_parse_url_dir(e->nfs, e->mounted);
	if (!parsed)
		return err_set(err, ERR_KS_URL_FORM, "%s: %s", e->mounted, nfs_get_error(e->nfs));
	r = nfs_mount(e->nfs, parsed->server, parsed->path);
	nfs_destroy_url(parsed);
	return r < 0 ? err_set(err, kind_of(r), "%s: cannot mount: %s", e->mounted, nfs_get_error(e->nfs))
		     : 0;
}

static int open_file(struct export *e, const char *name, struct err *err)
{
	int r;

	if (e->dir >= 0) {
		e->fd = openat(e->dir, name + strspn(name, "/"), O_RDONLY | O_CLOEXEC);
		r = e->fd < 0 ? -errno : 0;
	} else
		r = nfs_open(e->nfs, name, O_RDONLY, &e->file);
	return r < 0 ? err_set(err, kind_of(r), "cannot open %s on %s: %s", e->path, e->mounted,
			       e->dir >= 0 ? strerror(-r) : nfs_get_error(e->nfs))
		     : 0;
}

int export_open(struct export **e, const char *url, struct err *err)
{
	auto_free char *host = NULL, *path = NULL, *top = NULL;
	const char *options = NULL;
	auto_buf folder = { 0 };
	size_t options_len, len;
	bool later;
	int r = 0;

	if (!take_apart(url, &host, &path, &options, &options_len))
		return err_set(err, ERR_KS_URL_FORM, "%s: wants nfs:[OPTIONS:]SERVER:/PATH", url);
	len = folder_len(path);
	top = len ? xstrndup(path, len) : xstrdup("/");
	later = export_kernel_wanted(options, options_len);
	buf_addf(&folder, "nfs://%s%s", host, top);
	add_options(&folder, options, options_len);
	if (*e && !str_eq((*e)->mounted, buf_str(&folder))) {
		export_free(*e);
		*e = NULL;
	}
	if (!*e) {
		*e = xcalloc(1, sizeof(**e));
		**e = (struct export){ .mounted = xstrdup(buf_str(&folder)), .dir = -1, .fd = -1 };
		if (later)
			r = export_kernel_open(host, top, options, options_len, &(*e)->dir, err);
		if (!r && (*e)->dir < 0)
			r = connect_libnfs(*e, err);
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
	ssize_t n = e->dir >= 0 ? pread(e->fd, data, len, (off_t)offset)
				: nfs_pread(e->nfs, e->file, offset, len, data);

	if (n < 0)
		err_set(err, ERR_SRC_UNREACHED, "cannot read %s: %s", e->path,
			e->dir >= 0 ? strerror(errno) : nfs_get_error(e->nfs));
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
		ret->len += n > 0 ? (size_t)n : 0;
		if (!r && ret->len > max_bytes)
			r = err_set(err, ERR_SRC_SHORT, "%s: larger than the %llu bytes that are allowed",
				    url, (unsigned long long)max_bytes);
	}
	export_free(e);
	buf_add(ret, "", 0);
	return r;
}
