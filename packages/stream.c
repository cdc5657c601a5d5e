#include <errno.h>
#include <fcntl.h>

#include "base/file.h"
#include "base/util.h"
#include "packages/download_priv.h"
#include "packages/fetch.h"

#define LOCAL_BLOCK 65536

void stream_fail(struct stream *s, const char *why)
{
	auto_free char *shown = fetch_url_masked(s->urls[MAX(s->url, 0)]);

	free(s->failure);
	s->failure = xasprintf("%s: %s", shown, why);
	s->state = STREAM_FAILED;
	pthread_cond_broadcast(&s->d->changed);
}

void stream_drop(struct stream *s)
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

/*
 * The file's path where it needs no transfer: a package that an earlier run left in the cache (its hash is
 * checked like any other's), or a file: mirror. NULL: it comes over the network. free(3).
 */
static char *local_path(const struct stream *s)
{
	const char *dir = s->d->req->cache_dir;
	auto_free char *cached = dir ? path_join(dir, s->item->sha256) : NULL;
	char *decoded, *path = NULL;

	if (cached && !s->refetched && file_exists(cached))
		return TAKE(cached);
	if (!str_starts(s->item->url, "file://"))
		return NULL;
	decoded = curl_easy_unescape(NULL, s->item->url + strlen("file://"), 0, NULL);
	if (decoded && decoded[0] == '/')
		path = xstrdup(decoded);
	curl_free(decoded);
	return path;
}

bool stream_open_local(struct stream *s)
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

const struct pkg_item *stream_item(const struct stream *s)
{
	return s->item;
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
		err_set(err, ERR_SRC_SHORT, "%s: %s", s->item->url, strerror(errno));
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

bool stream_again(struct stream *s)
{
	struct downloads *d = s->d;
	bool again = false;

	pthread_mutex_lock(&d->lock);
	/* What came from the cache comes from the network now; what a mirror sent, from another one. */
	if (s->state == STREAM_FILE && str_starts(s->item->url, "http")) {
		again = !s->refetched;
	} else if (s->state == STREAM_ENDED) {
		if (s->refetched || s->urls[1])
			s->gone |= 1u << s->url;
		again = mirrors_choose(&d->mirrors, s->urls, s->gone, -1, &(int64_t){ 0 }) >= 0;
	}
	if (again) {
		s->refetched = true;
		stream_drop(s);
		s->received = 0;
		s->tries = 0;
		s->retry_ms = 0;
		s->state = STREAM_WAITING;
	}
	pthread_mutex_unlock(&d->lock);
	curl_multi_wakeup(d->multi);
	return again;
}

void stream_done(struct stream *s)
{
	pthread_mutex_lock(&s->d->lock);
	stream_drop(s);
	s->done = true;
	pthread_mutex_unlock(&s->d->lock);
	curl_multi_wakeup(s->d->multi);
}
