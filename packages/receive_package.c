#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/util.h"
#include "packages/preinst.h"
#include "packages/receive_priv.h"

/* One package on its way through one thread. */
struct package {
	struct shared *sh;
	struct stream *stream;
	const struct pkg_item *item;
	struct hash *hash;
	uint64_t len;
	struct buf head; /* what was read before it was known whether to keep the file */
	bool keep_head;
	int spool_fd, cache_fd;
	int write_errno;
	int cache_errno; /* the cache is full, say: that makes only the next run slower */
	bool wrong_hash;
};

static void write_unless(int *failed, int fd, const void *data, size_t len)
{
	if (!*failed && file_write_fd(fd, data, len))
		*failed = errno;
}

static void report(struct package *p, size_t n)
{
	struct receive *rc = p->sh->rc;

	pthread_mutex_lock(&p->sh->lock);
	rc->bytes_done += n;
	if (rc->progress && rc->progress->fn)
		rc->progress->fn(rc->progress->arg, "unpack", rc->bytes_done, rc->bytes_total, p->item->name);
	pthread_mutex_unlock(&p->sh->lock);
}

bool receive_stopped(struct shared *sh)
{
	bool stopped;

	pthread_mutex_lock(&sh->lock);
	stopped = sh->failure.code;
	pthread_mutex_unlock(&sh->lock);
	return stopped;
}

static ssize_t package_read(void *arg, const void **data, struct err *err)
{
	struct package *p = arg;
	ssize_t n;

	if (receive_stopped(p->sh))
		return err_set(err, ERR_STOPPED, "stopped"), -1;
	n = stream_read(p->stream, data, err);
	if (n <= 0)
		return n;
	hash_add(p->hash, *data, (size_t)n);
	p->len += (size_t)n;
	if (p->keep_head)
		buf_add(&p->head, *data, (size_t)n);
	if (p->spool_fd >= 0)
		write_unless(&p->write_errno, p->spool_fd, *data, (size_t)n);
	if (p->cache_fd >= 0)
		write_unless(&p->cache_errno, p->cache_fd, *data, (size_t)n);
	report(p, (size_t)n);
	return n;
}

/* Read to the end and check: only now it is known what was unpacked. */
static int check_hash(struct package *p, struct deb_source *source, struct err *err)
{
	char found[HASH_HEX_LEN + 1];
	const void *data;
	ssize_t n;

	while (!source->err.code && (n = package_read(p, &data, &source->err)) > 0)
		;
	if (source->err.code)
		return err_copy(err, &source->err);
	hash_hex(p->hash, found);
	p->wrong_hash = !str_eq(found, p->item->sha256);
	if (p->wrong_hash)
		return err_set(err, ERR_SRC_HASH,
			       "%s: wrong hash: found SHA-256 %s, wanted %s; the mirror is being updated or "
			       "the file was changed on its way: try again or use another mirror",
			       p->item->name, found, p->item->sha256);
	if (p->write_errno) {
		errno = p->write_errno;
		return err_sys(err, "%s: cannot keep the package file", p->item->name);
	}
	return 0;
}

static void remove_made(const struct deb *deb)
{
	for (size_t i = deb->made.n; i-- > 0;)
		unlink(deb->made.v[i]);
}

static bool has_preinst(const struct deb *deb)
{
	const struct buf *script = deb_file(deb, "preinst");

	return script && !preinst_is_for_upgrades(buf_str(script));
}

/*
 * Packages whose preinst script must run before their files come (it may divert others) belong to dpkg. That
 * can't run before the base packages are there; their scripts follow in pkg_unpack.
 */
static bool needs_dpkg(const struct package *p, const struct deb *deb)
{
	const struct receive *rc = p->sh->rc;

	if (!rc->spool || rc->spool_all)
		return rc->spool;
	return has_preinst(deb) && !argv_has(rc->base, p->item->name) &&
	       !preinst_may_be_late(buf_str(deb_file(deb, "preinst")));
}

static int keep_file(struct package *p, struct err *err)
{
	auto_free char *path = xasprintf("%s/%s.deb", p->sh->rc->spool, p->item->name);

	p->spool_fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (p->spool_fd < 0)
		return err_sys(err, "cannot create /%s", path);
	write_unless(&p->write_errno, p->spool_fd, p->head.data, p->head.len);
	return 0;
}

static void enter(struct package *p, const struct deb *deb, bool spooled)
{
	struct receive *rc = p->sh->rc;

	pthread_mutex_lock(&p->sh->lock);
	if (deb->conflict) {
		log_printf(rc->log, "%s: %s is there already", p->item->name, deb->conflict);
		argv_add(&rc->conflicts, p->item->name);
	}
	if (spooled)
		argv_add(&rc->spooled, p->item->name);
	else if (has_preinst(deb) && !deb->conflict)
		argv_add(&rc->preinsts, p->item->name);
	if (rc->db && !spooled && !deb->conflict)
		dpkg_db_add(rc->db, deb);
	pthread_mutex_unlock(&p->sh->lock);
}

static int handle(struct package *p, struct archive *disk, struct deb *deb, struct err *err)
{
	struct deb_source source = { .fn = package_read, .arg = p };
	struct err why = { 0 };
	bool spooled;
	int r, checked;

	p->keep_head = p->sh->rc->spool != NULL;
	r = deb_open(deb, &source, &why);
	spooled = !r && needs_dpkg(p, deb);
	if (spooled)
		r = keep_file(p, &why);
	p->keep_head = false;
	buf_clear(&p->head);
	if (!r && !spooled)
		r = deb_unpack(deb, &source, disk, p->sh->rc->req->exclude_docs, &why);
	/* A changed file shows as anything: the hash says it best. */
	checked = check_hash(p, &source, err);
	if (!checked && r)
		checked = err_set(err, why.id, "%s: %s", p->item->name, why.msg);
	if (!checked && !spooled && p->sh->rc->db && !deb->conflict)
		checked = dpkg_db_write_info(".", deb, err);
	if (checked)
		remove_made(deb);
	else
		enter(p, deb, spooled);
	return checked;
}

/* The index says in KiB what a package takes on a disk, rounded and counted in several ways. */
static uint64_t max_bytes(const struct pkg_item *item)
{
	return 2 * 1024 * item->installed_kib + (64u << 20);
}

/*
 * One try. The cache is outside of the new root, where a thread can't reach: its files are opened by a
 * descriptor of the folder.
 */
static int handle_try(struct shared *sh, struct stream *stream, struct archive *disk, int cache_dir,
		      bool *wrong, struct err *err)
{
	struct package p = { .sh = sh,
			     .stream = stream,
			     .item = stream_item(stream),
			     .hash = hash_new(),
			     .spool_fd = -1,
			     .cache_fd = -1 };
	const char *final = p.item->sha256;
	auto_free char *part = xasprintf("%s.part%ld", final, (long)gettid());
	struct deb deb = { .xz_lib = sh->rc->xz_lib, .max_bytes = max_bytes(p.item) };
	struct stat st;
	int r;

	if (cache_dir >= 0 && fstatat(cache_dir, final, &st, 0) != 0)
		p.cache_fd = openat(cache_dir, part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	r = handle(&p, disk, &deb, err);
	if (p.cache_fd >= 0) {
		close(p.cache_fd);
		if (r || p.cache_errno)
			unlinkat(cache_dir, part, 0);
		else
			renameat(cache_dir, part, cache_dir, final);
	} else if (p.wrong_hash && cache_dir >= 0) {
		unlinkat(cache_dir, final, 0);
	}
	if (p.spool_fd >= 0)
		close(p.spool_fd);
	*wrong = p.wrong_hash;
	deb_clear(&deb);
	hash_free(p.hash);
	buf_clear(&p.head);
	return r;
}

/* A file that is not what the index says is fetched anew: it may be a mirror's fault, or the way's. */
void receive_stream(struct shared *sh, struct stream *stream, struct archive *disk, int cache_dir)
{
	struct err err = { 0 };
	bool wrong = false;
	int r;

	while ((r = handle_try(sh, stream, disk, cache_dir, &wrong, &err)) && wrong && stream_again(stream))
		log_printf(sh->rc->log, "%s: fetched anew", err.msg);
	pthread_mutex_lock(&sh->lock);
	if (r && !sh->failure.code)
		sh->failure = err;
	pthread_mutex_unlock(&sh->lock);
}
