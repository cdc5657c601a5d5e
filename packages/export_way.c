#include "packages/export_way.h"

#include <errno.h>
#include <netdb.h>
#include <nfsc/libnfs.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>

#include "base/util.h"
#include "packages/export_kernel.h"
#include "packages/export_url.h"

#define TIMEOUT_MS 30000
#define PROBE_MS   10000
#define RECONNECTS 2

static const char *const version_names[] = { "3", "4.0", "4.1", "4.2" };

/* Which version answered, of one server: nearly always there is but one. */
static struct {
	pthread_mutex_t lock;
	char *server; /* HOST?OPTIONS; NULL: none yet */
	enum export_version version;
} answered = { .lock = PTHREAD_MUTEX_INITIALIZER };

static void remember(const char *server, enum export_version version)
{
	pthread_mutex_lock(&answered.lock);
	free(answered.server);
	answered.server = xstrdup(server);
	answered.version = version;
	pthread_mutex_unlock(&answered.lock);
}

/* Put the one that answered in front. */
static void first_what_answered(const char *server, enum export_version *v, size_t n)
{
	pthread_mutex_lock(&answered.lock);
	for (size_t i = 1; i < n && str_eq(answered.server, server); i++)
		if (v[i] == answered.version) {
			memmove(v + 1, v, i * sizeof(*v));
			v[0] = answered.version;
		}
	pthread_mutex_unlock(&answered.lock);
}

static size_t versions_of(const struct export_words *w, enum export_version ret[EXPORT_VERSIONS])
{
	static const enum export_version all[] = { EXPORT_V3, EXPORT_V4_0, EXPORT_V4_1, EXPORT_V4_2 };
	auto_free char *said = NULL;

	if (!w->version) {
		memcpy(ret, all, sizeof(all));
		return ARRAY_SIZE(all);
	}
	if (str_eq(w->version, "4") && !w->minor) {
		memcpy(ret, all + 1, sizeof(all) - sizeof(*all));
		return ARRAY_SIZE(all) - 1;
	}
	said = str_eq(w->version, "4") ? xasprintf("4.%s", w->minor) : xstrdup(w->version);
	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		if (str_eq(said, version_names[i])) {
			ret[0] = all[i];
			return 1;
		}
	return 0;
}

size_t export_versions(const char *options, size_t len, enum export_version ret[EXPORT_VERSIONS])
{
	struct export_words w;
	size_t n;

	export_words_read(options, len, &w);
	n = versions_of(&w, ret);
	export_words_clear(&w);
	return n;
}

enum err_code export_kind(int r)
{
	return r == -ENOENT || r == -EACCES || r == -EPERM ? ERR_SRC_STATUS : ERR_SRC_UNREACHED;
}

static int open_libnfs(const char *host, const char *folder, const struct export_words *w,
		       const char *version, struct nfs_context **ret, struct err *err)
{
	auto_free char *url =
		xasprintf("nfs://%s%s?version=%c&autoreconnect=%d%s%s%s%s", host, folder, version[0],
			  RECONNECTS, w->port ? "&nfsport=" : "", w->port ? w->port : "",
			  w->mount_port ? "&mountport=" : "", w->mount_port ? w->mount_port : "");
	struct nfs_context *nfs = nfs_init_context();
	struct nfs_url *parsed;
	int r;

	if (!nfs)
		abort();
	nfs_set_timeout(nfs, TIMEOUT_MS);
	parsed = nfs_parse_url_dir(nfs, url);
	if (!parsed) {
		r = err_set(err, ERR_KS_URL_FORM, "%s: %s", url, nfs_get_error(nfs));
	} else {
		r = nfs_mount(nfs, parsed->server, parsed->path);
		r = r < 0 ? err_set(err, export_kind(r), "%s", nfs_get_error(nfs)) : 0;
		nfs_destroy_url(parsed);
	}
	if (r)
		nfs_destroy_context(nfs);
	else
		*ret = nfs;
	return r;
}

/* Whether anything listens there: else no other version need be tried. */
static bool listens(const char *host, const char *port)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *found = NULL;
	size_t len = strlen(host);
	auto_free char *bare = host[0] == '[' && len > 2 ? xstrndup(host + 1, len - 2) : xstrdup(host);
	bool ret = false;

	if (getaddrinfo(bare, port, &hints, &found))
		return false;
	for (struct addrinfo *a = found; a && !ret; a = a->ai_next) {
		auto_close int fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
		struct pollfd p = { fd, POLLOUT, 0 };
		socklen_t size = sizeof(int);
		int failed = 0;

		if (fd < 0)
			continue;
		if (!connect(fd, a->ai_addr, a->ai_addrlen))
			ret = true;
		else if (errno == EINPROGRESS && poll(&p, 1, PROBE_MS) == 1)
			ret = !getsockopt(fd, SOL_SOCKET, SO_ERROR, &failed, &size) && !failed;
	}
	freeaddrinfo(found);
	return ret;
}

/* By one version. *can: false where this machine has no client of it (and 0 is returned). */
static int try_version(const char *host, const char *folder, const struct export_words *w,
		       enum export_version v, struct export_way *ret, bool *can, struct err *err)
{
	int r;

	*can = true;
	if (v == EXPORT_V3 || v == EXPORT_V4_0)
		return open_libnfs(host, folder, w, version_names[v], &ret->nfs, err);
	r = export_kernel_open(host, folder, w, version_names[v], &ret->dir, err);
	*can = r || ret->dir >= 0;
	return r;
}

static int try_all(const char *host, const char *folder, const struct export_words *w, enum export_version *v,
		   size_t n, struct export_way *ret, enum export_version *which, struct err *err)
{
	enum err_code code = ERR_SRC_UNREACHED;
	auto_buf said = { 0 };

	for (size_t i = 0; i < n; i++) {
		struct err own = { 0 };
		bool can;
		int r;

		if (i == 1 && !listens(host, w->port ? w->port : EXPORT_PORT)) {
			buf_addf(&said, "; port %s does not answer", w->port ? w->port : EXPORT_PORT);
			break;
		}
		*which = v[i];
		r = try_version(host, folder, w, v[i], ret, &can, &own);
		if (!r && can)
			return 0;
		/* A later version that was said: v4.0 is better than nothing, where the kernel can't mount.
		 */
		if (!can && n == 1)
			v[n++] = EXPORT_V4_0;
		if (own.id == ERR_SRC_STATUS || own.id == ERR_KS_URL_FORM)
			code = own.id;
		buf_addf(&said, "%sNFSv%s: %s", said.len ? "; " : "", version_names[v[i]],
			 can ? own.msg : "this kernel has no client, or it may not be used here");
	}
	return err_set(err, code, "nfs://%s%s: cannot mount: %s", host, folder, buf_str(&said));
}

int export_way_open(const char *host, const char *folder, const char *options, size_t len,
		    struct export_way *ret, struct err *err)
{
	auto_free char *server = xasprintf("%s?%.*s", host, (int)len, options ? options : "");
	enum export_version v[EXPORT_VERSIONS], which = EXPORT_V3;
	struct export_words w;
	size_t n;
	int r;

	*ret = (struct export_way){ .dir = -1 };
	export_words_read(options, len, &w);
	n = versions_of(&w, v);
	if (n)
		first_what_answered(server, v, n);
	r = n ? try_all(host, folder, &w, v, n, ret, &which, err)
	      : err_set(err, ERR_KS_URL_FORM, "nfs://%s%s: vers=%s%s%s: wants 3, 4, 4.0, 4.1 or 4.2", host,
			folder, w.version, w.minor ? ",minorversion=" : "", w.minor ? w.minor : "");
	export_words_clear(&w);
	if (!r)
		remember(server, which);
	return r;
}

void export_way_close(struct export_way *way)
{
	if (way->nfs)
		nfs_destroy_context(way->nfs);
	if (way->dir >= 0)
		close(way->dir);
	*way = (struct export_way){ .dir = -1 };
}
