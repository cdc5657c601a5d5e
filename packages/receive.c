#include "packages/receive_priv.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/util.h"

/*
 * What is unpacked isn't known to be right until its last byte, so nothing in it may reach outside: the
 * thread gets a root of its own.
 */
static int confine(struct shared *sh, bool as_root, struct err *err)
{
	if (unshare(CLONE_FS))
		return err_sys(err, "cannot give a thread its own root folder");
	if (chdir(sh->rc->dir))
		return err_sys(err, "cannot go to %s", sh->rc->dir);
	if (as_root && chroot("."))
		return err_sys(err, "cannot chroot to %s", sh->rc->dir);
	umask(022);
	return 0;
}

static void *work(void *arg)
{
	struct shared *sh = arg;
	const char *cache = sh->rc->req->cache_dir;
	auto_close int cache_dir = cache ? open(cache, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	bool as_root = geteuid() == 0;
	struct err err = { 0 };
	struct archive *disk;
	struct stream *s;

	if (confine(sh, as_root, &err)) {
		pthread_mutex_lock(&sh->lock);
		sh->failure = err;
		pthread_mutex_unlock(&sh->lock);
		return NULL;
	}
	disk = deb_disk_new(as_root);
	while (!receive_stopped(sh) && (s = downloads_next(sh->downloads))) {
		receive_stream(sh, s, disk, cache_dir);
		stream_done(s);
	}
	archive_write_free(disk);
	return NULL;
}

int receive_run(struct receive *rc, const struct pkg_item *const *items, size_t n, unsigned threads,
		struct err *err)
{
	struct shared sh = { .rc = rc };
	pthread_t ids[8];
	unsigned started = 0;

	threads = MIN(MAX(threads, 1u), (unsigned)ARRAY_SIZE(ids));
	if (rc->req->cache_dir) {
		int r = file_mkdirs(rc->req->cache_dir, 0755, err);

		if (r)
			return r;
	}
	pthread_mutex_init(&sh.lock, NULL);
	sh.downloads = downloads_new(rc->req, items, n, rc->log);
	for (; started < threads; started++)
		if (pthread_create(&ids[started], NULL, work, &sh))
			abort();
	for (unsigned i = 0; i < started; i++)
		pthread_join(ids[i], NULL);
	downloads_free(sh.downloads);
	pthread_mutex_destroy(&sh.lock);
	return sh.failure.code ? err_copy(err, &sh.failure) : 0;
}
