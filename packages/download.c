#include "packages/download.h"

#include "base/util.h"
#include "packages/download_priv.h"
#include "packages/export.h"

#define DEFAULT_PARALLEL   8
#define DEFAULT_DEADLINE_S 14400

/* Start and wake what the window allows; returns how long nothing else is to be done. */
static int step(struct downloads *d)
{
	struct stream **wake = xcalloc(d->window, sizeof(*wake));
	size_t n_wake = 0, end;
	int wait_ms = 1000;

	pthread_mutex_lock(&d->lock);
	while (d->first_open < d->n && d->streams[d->first_open].done)
		d->first_open++;
	end = MIN(d->n, d->first_open + d->window);
	for (size_t i = d->first_open; i < end; i++) {
		struct stream *s = &d->streams[i];
		int64_t now = clock_ms(CLOCK_MONOTONIC);

		if (s->state == STREAM_WAITING && !s->done && s->retry_ms <= now) {
			/* NFS has threads of its own. */
			if (!export_is(s->urls[0]) && !stream_open_local(s))
				transfer_start(s);
		} else if (s->state == STREAM_PAUSED && s->queued < QUEUE_LOW) {
			s->state = STREAM_RUNNING;
			wake[n_wake++] = s;
		}
		if (s->state == STREAM_WAITING && !s->done)
			wait_ms = MIN(wait_ms, (int)MAX(s->retry_ms - now, (int64_t)1));
	}
	pthread_mutex_unlock(&d->lock);
	for (size_t i = 0; i < n_wake; i++)
		curl_easy_pause(wake[i]->easy, CURLPAUSE_CONT);
	free(wake);
	return wait_ms;
}

static void *run_thread(void *arg)
{
	struct downloads *d = arg;
	bool stop = false;

	while (!stop) {
		int wait_ms = step(d), running, left;
		CURLMsg *msg;

		curl_multi_perform(d->multi, &running);
		pthread_mutex_lock(&d->lock);
		while ((msg = curl_multi_info_read(d->multi, &left))) {
			CURLcode code = msg->data.result;
			struct stream *s = NULL;

			if (msg->msg != CURLMSG_DONE)
				continue;
			curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, &s);
			transfer_finish(s, code);
			wait_ms = 0;
		}
		stop = d->stop || d->first_open == d->n;
		pthread_mutex_unlock(&d->lock);
		if (!stop)
			curl_multi_poll(d->multi, NULL, 0, wait_ms, NULL);
	}
	return NULL;
}

static void stream_init(struct stream *s, struct downloads *d, const struct pkg_item *item)
{
	s->d = d;
	s->item = item;
	s->single[0] = item->url;
	s->urls = item->urls ? item->urls : s->single;
	s->fd = s->last_url = -1;
	s->last = &s->first;
}

struct downloads *downloads_new(const struct pkg_request *req, const struct pkg_item *const *items, size_t n,
				struct log *log)
{
	struct downloads *d = xcalloc(1, sizeof(*d));

	curl_global_init(CURL_GLOBAL_DEFAULT);
	d->req = req;
	d->log = log;
	d->n = n;
	d->window = req->parallel ? req->parallel : DEFAULT_PARALLEL;
	d->deadline_ms = clock_ms(CLOCK_MONOTONIC) +
			 1000 * (int64_t)(req->deadline_s ? req->deadline_s : DEFAULT_DEADLINE_S);
	d->streams = xcalloc(n + 1, sizeof(*d->streams));
	for (size_t i = 0; i < n; i++)
		stream_init(&d->streams[i], d, items[i]);
	pthread_mutex_init(&d->lock, NULL);
	pthread_cond_init(&d->changed, NULL);
	d->multi = curl_multi_init();
	if (!d->multi)
		abort();
	curl_multi_setopt(d->multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)d->window);
	if (pthread_create(&d->thread, NULL, run_thread, d))
		abort();
	for (size_t i = 0; i < n; i++)
		d->nfs = d->nfs || export_is(d->streams[i].urls[0]);
	for (size_t i = 0; i < DOWNLOAD_NFS_THREADS && d->nfs; i++)
		if (pthread_create(&d->nfs_threads[i], NULL, download_nfs_thread, d))
			abort();
	return d;
}

void downloads_free(struct downloads *d)
{
	if (!d)
		return;
	pthread_mutex_lock(&d->lock);
	d->stop = true;
	pthread_cond_broadcast(&d->changed);
	pthread_mutex_unlock(&d->lock);
	curl_multi_wakeup(d->multi);
	pthread_join(d->thread, NULL);
	for (size_t i = 0; i < DOWNLOAD_NFS_THREADS && d->nfs; i++)
		pthread_join(d->nfs_threads[i], NULL);
	for (size_t i = 0; i < d->n; i++) {
		transfer_stop(&d->streams[i]);
		stream_drop(&d->streams[i]);
		free(d->streams[i].failure);
	}
	curl_multi_cleanup(d->multi);
	mirrors_clear(&d->mirrors);
	pthread_mutex_destroy(&d->lock);
	pthread_cond_destroy(&d->changed);
	free(d->streams);
	free(d);
}

struct stream *downloads_next(struct downloads *d)
{
	struct stream *s = NULL;

	pthread_mutex_lock(&d->lock);
	if (d->taken < d->n)
		s = &d->streams[d->taken++];
	pthread_mutex_unlock(&d->lock);
	return s;
}
