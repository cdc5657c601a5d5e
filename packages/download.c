#include "packages/download.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>

#include "base/file.h"
#include "base/util.h"
#include "packages/easy.h"
#include "packages/fetch.h"

#define DEFAULT_PARALLEL 8
#define QUEUE_HIGH       (2u << 20) /* bytes that a stream holds before it pauses */
#define QUEUE_LOW        (1u << 20)
#define LOCAL_BLOCK      65536
#define TRIES            4 /* without one byte of progress */
#define BACKOFF_MS       500

struct chunk {
	struct chunk *next;
	size_t len;
	char data[];
};

enum stream_state { STREAM_WAITING, STREAM_RUNNING, STREAM_PAUSED, STREAM_FILE, STREAM_ENDED, STREAM_FAILED };

struct stream {
	struct downloads *d;
	const struct pkg_item *item;
	enum stream_state state;
	bool done; /* the reader is through with it */
	CURL *easy;
	char why[CURL_ERROR_SIZE];
	struct chunk *first, **last, *current;
	size_t queued;
	uint64_t received; /* bytes of the file */
	uint64_t skip;     /* bytes of this try that were received before */
	uint64_t at_start; /* received when this try began */
	bool checked;      /* this try's answer to a range was looked at */
	unsigned tries;
	int64_t retry_ms; /* not before */
	char *failure;
	bool too_long;
	int fd; /* of a local file, which the reader reads itself (STREAM_FILE) */
};

struct downloads {
	const struct pkg_request *req;
	struct log *log;
	struct stream *streams;
	size_t n, taken, window;
	size_t first_open; /* all streams before this one are done */
	bool stop;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	pthread_t thread;
	CURLM *multi;
};

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* A server that ignores the range sends the file from its start again. */
static void check_range(struct stream *s)
{
	long status = 0;

	s->checked = true;
	curl_easy_getinfo(s->easy, CURLINFO_RESPONSE_CODE, &status);
	if (s->at_start && status == 200)
		s->skip = s->at_start;
}

static size_t on_data(char *data, size_t size, size_t n, void *arg)
{
	struct stream *s = arg;
	size_t len = size * n, skip, got = len;
	struct chunk *c;

	if (!s->checked)
		check_range(s);
	skip = (size_t)MIN(s->skip, (uint64_t)len);
	pthread_mutex_lock(&s->d->lock);
	if (s->queued >= QUEUE_HIGH) {
		s->state = STREAM_PAUSED;
		pthread_mutex_unlock(&s->d->lock);
		return CURL_WRITEFUNC_PAUSE;
	}
	s->skip -= skip;
	data += skip;
	len -= skip;
	s->too_long = s->received + len > s->item->size_bytes;
	if (s->too_long)
		got = 0;
	if (got && len) {
		c = xmalloc(sizeof(*c) + len);
		*c = (struct chunk){ .len = len };
		memcpy(c->data, data, len);
		*s->last = c;
		s->last = &c->next;
		s->queued += len;
		s->received += len;
		pthread_cond_broadcast(&s->d->changed);
	}
	pthread_mutex_unlock(&s->d->lock);
	return got;
}

static void stream_fail(struct stream *s, const char *why)
{
	auto_free char *shown = fetch_url_masked(s->item->url);

	s->failure = xasprintf("%s: %s", shown, why);
	s->state = STREAM_FAILED;
}

/*
 * The file's path where it needs no transfer: a package that an earlier run left in the cache (its hash is
 * checked like any other's), or a file: mirror. NULL: it comes over the network. free(3).
 */
static char *local_path(const struct stream *s)
{
	const char *dir = s->d->req->cache_dir;
	auto_free char *cached = dir ? path_join(dir, s->item->sha256) : NULL;
	char *decoded, *path = NULL;

	if (cached && file_exists(cached))
		return TAKE(cached);
	if (!str_starts(s->item->url, "file://"))
		return NULL;
	decoded = curl_easy_unescape(NULL, s->item->url + strlen("file://"), 0, NULL);
	if (decoded && decoded[0] == '/')
		path = xstrdup(decoded);
	curl_free(decoded);
	return path;
}

/* Returns false if the file comes over the network. With the lock held. */
static bool open_local(struct stream *s)
{
	auto_free char *path = local_path(s);

	if (!path)
		return false;
	s->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (s->fd >= 0)
		s->state = STREAM_FILE;
	else
		stream_fail(s, strerror(errno));
	pthread_cond_broadcast(&s->d->changed);
	return true;
}

static void start(struct stream *s)
{
	CURL *easy = easy_new(s->item->url, s->d->req->proxy, false);

	s->easy = easy;
	s->why[0] = '\0';
	s->checked = false;
	s->skip = 0;
	s->at_start = s->received;
	curl_easy_setopt(easy, CURLOPT_PRIVATE, s);
	curl_easy_setopt(easy, CURLOPT_FAILONERROR, 1L);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, 131072L);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, s->why);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_data);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, s);
	if (s->received)
		curl_easy_setopt(easy, CURLOPT_RESUME_FROM_LARGE, (curl_off_t)s->received);
	curl_multi_add_handle(s->d->multi, easy);
}

/* A transfer is over: the file is there, or another try, or none. With the lock held. */
static void finish(struct stream *s, CURLcode code)
{
	long status = 0;
	auto_free char *why = NULL;

	curl_easy_getinfo(s->easy, CURLINFO_RESPONSE_CODE, &status);
	curl_multi_remove_handle(s->d->multi, s->easy);
	curl_easy_cleanup(s->easy);
	s->easy = NULL;
	pthread_cond_broadcast(&s->d->changed);
	if (code == CURLE_OK && s->received == s->item->size_bytes) {
		s->state = STREAM_ENDED;
		return;
	}
	if (code == CURLE_HTTP_RETURNED_ERROR)
		why = xasprintf("HTTP status %ld", status);
	else if (s->too_long)
		why = xasprintf("more than the %llu bytes that the index says",
				(unsigned long long)s->item->size_bytes);
	else if (code == CURLE_OK)
		why = xasprintf("ended after %llu bytes, the index says %llu",
				(unsigned long long)s->received, (unsigned long long)s->item->size_bytes);
	else
		why = xstrdup(s->why[0] ? s->why : curl_easy_strerror(code));
	s->tries = s->received > s->at_start ? 1 : s->tries + 1;
	log_printf(s->d->log, "%s: %s (at byte %llu)", s->item->name, why, (unsigned long long)s->received);
	if (s->tries >= TRIES || s->too_long ||
	    (code == CURLE_HTTP_RETURNED_ERROR && status < 500 && status != 408 && status != 429)) {
		stream_fail(s, why);
		return;
	}
	s->state = STREAM_WAITING;
	s->retry_ms = now_ms() + (s->tries > 1 ? (int64_t)BACKOFF_MS << s->tries : 0);
}

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
		int64_t now = now_ms();

		if (s->state == STREAM_WAITING && !s->done && s->retry_ms <= now) {
			if (!open_local(s)) {
				s->state = STREAM_RUNNING;
				start(s);
			}
		} else if (s->state == STREAM_WAITING && !s->done) {
			wait_ms = MIN(wait_ms, (int)(s->retry_ms - now));
		} else if (s->state == STREAM_PAUSED && s->queued < QUEUE_LOW) {
			s->state = STREAM_RUNNING;
			wake[n_wake++] = s;
		}
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
			finish(s, code);
		}
		stop = d->stop || d->first_open == d->n;
		pthread_mutex_unlock(&d->lock);
		if (!stop)
			curl_multi_poll(d->multi, NULL, 0, wait_ms, NULL);
	}
	return NULL;
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
	d->streams = xcalloc(n + 1, sizeof(*d->streams));
	for (size_t i = 0; i < n; i++) {
		d->streams[i].d = d;
		d->streams[i].item = items[i];
		d->streams[i].fd = -1;
		d->streams[i].last = &d->streams[i].first;
	}
	pthread_mutex_init(&d->lock, NULL);
	pthread_cond_init(&d->changed, NULL);
	d->multi = curl_multi_init();
	if (!d->multi)
		abort();
	curl_multi_setopt(d->multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)d->window);
	if (pthread_create(&d->thread, NULL, run_thread, d))
		abort();
	return d;
}

static void drop_chunks(struct stream *s)
{
	while (s->first) {
		struct chunk *c = s->first;

		s->first = c->next;
		free(c);
	}
	s->last = &s->first;
	s->queued = 0;
	free(s->current);
	s->current = NULL;
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
}

void downloads_free(struct downloads *d)
{
	if (!d)
		return;
	pthread_mutex_lock(&d->lock);
	d->stop = true;
	pthread_mutex_unlock(&d->lock);
	curl_multi_wakeup(d->multi);
	pthread_join(d->thread, NULL);
	for (size_t i = 0; i < d->n; i++) {
		struct stream *s = &d->streams[i];

		if (s->easy) {
			curl_multi_remove_handle(d->multi, s->easy);
			curl_easy_cleanup(s->easy);
		}
		drop_chunks(s);
		free(s->failure);
	}
	curl_multi_cleanup(d->multi);
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

const struct pkg_item *stream_item(const struct stream *s)
{
	return s->item;
}

size_t stream_index(const struct stream *s)
{
	return (size_t)(s - s->d->streams);
}

static ssize_t read_local(struct stream *s, const void **data, struct err *err)
{
	ssize_t n;

	if (!s->current)
		s->current = xmalloc(sizeof(*s->current) + LOCAL_BLOCK);
	do
		n = read(s->fd, s->current->data, LOCAL_BLOCK);
	while (n < 0 && errno == EINTR);
	*data = s->current->data;
	s->received += n > 0 ? (uint64_t)n : 0;
	if (n < 0)
		err_set(err, ERR_FETCH, "%s: %s", s->item->url, strerror(errno));
	else if (s->received > s->item->size_bytes || (!n && s->received < s->item->size_bytes))
		n = err_set(err, ERR_SRC_SHORT, "%s: has %llu bytes%s, the index says %llu", s->item->url,
			    (unsigned long long)s->received, n ? " or more" : "",
			    (unsigned long long)s->item->size_bytes);
	return n < 0 ? -1 : n;
}

ssize_t stream_read(struct stream *s, const void **data, struct err *err)
{
	struct downloads *d = s->d;
	ssize_t n = 0;
	bool wake = false;

	if (s->fd >= 0)
		return read_local(s, data, err);
	free(s->current);
	s->current = NULL;
	pthread_mutex_lock(&d->lock);
	while (!s->first && s->state != STREAM_FILE && s->state != STREAM_ENDED && s->state != STREAM_FAILED)
		pthread_cond_wait(&d->changed, &d->lock);
	if (s->first) {
		s->current = s->first;
		s->first = s->current->next;
		if (!s->first)
			s->last = &s->first;
		s->queued -= s->current->len;
		*data = s->current->data;
		n = (ssize_t)s->current->len;
		wake = s->state == STREAM_PAUSED && s->queued < QUEUE_LOW;
	} else if (s->state == STREAM_FAILED) {
		n = -1;
		err_set(err, ERR_SRC_SHORT, "%s", s->failure);
	}
	pthread_mutex_unlock(&d->lock);
	if (wake)
		curl_multi_wakeup(d->multi);
	if (s->fd >= 0)
		return read_local(s, data, err);
	return n;
}

void stream_done(struct stream *s)
{
	pthread_mutex_lock(&s->d->lock);
	drop_chunks(s);
	s->done = true;
	pthread_mutex_unlock(&s->d->lock);
	curl_multi_wakeup(s->d->multi);
}
