/* Streams that come from an NFS export: threads of their own read them, since libnfs's calls wait. */
#include "base/util.h"
#include "packages/download_priv.h"
#include "packages/export.h"

#define BLOCK_BYTES (256u << 10)
#define TRIES       4 /* without one byte of progress */
#define IDLE_MS     200

/* With the lock held: wait until something changes, or a little. */
static void wait_changed(struct downloads *d)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	t.tv_nsec += IDLE_MS * 1000000L;
	t.tv_sec += t.tv_nsec / 1000000000;
	t.tv_nsec %= 1000000000;
	pthread_cond_timedwait(&d->changed, &d->lock, &t);
}

/* With the lock held; false if nobody wants the rest. */
static bool put(struct stream *s, struct chunk *c)
{
	struct downloads *d = s->d;

	while (s->queued >= QUEUE_HIGH && !d->stop && !s->done)
		wait_changed(d);
	if (d->stop || s->done || s->received + c->len > s->item->size_bytes) {
		s->too_long = !d->stop && !s->done;
		free(c);
		return false;
	}
	*s->last = c;
	s->last = &c->next;
	s->queued += c->len;
	s->received += c->len;
	pthread_cond_broadcast(&d->changed);
	return true;
}

/* Without the lock. 0 at the file's end, or when nobody wants the rest. */
static int transfer(struct stream *s, struct export **e, struct err *err)
{
	struct downloads *d = s->d;
	int r = export_open(e, s->urls[0], err);
	bool wanted = true;

	while (!r && wanted) {
		struct chunk *c = xmalloc(sizeof(*c) + BLOCK_BYTES);
		ssize_t n = export_read(*e, s->received, c->data, BLOCK_BYTES, err);

		if (n <= 0) {
			free(c);
			return n < 0 ? -(int)err->code : 0;
		}
		c->next = NULL;
		c->len = (size_t)n;
		pthread_mutex_lock(&d->lock);
		wanted = put(s, c);
		pthread_mutex_unlock(&d->lock);
	}
	return r;
}

/* With the lock held: what came of a try. */
static void finish(struct stream *s, int r, const struct err *err)
{
	if (s->too_long)
		stream_fail(s, "more bytes than the index says");
	else if (!r && s->received == s->item->size_bytes)
		s->state = STREAM_ENDED;
	else if (!r)
		stream_fail(s, "fewer bytes than the index says");
	else if (err->id == ERR_SRC_STATUS || err->id == ERR_KS_URL_FORM ||
		 (s->tries = s->received > s->at_start ? 1 : s->tries + 1) >= TRIES)
		stream_fail(s, err->msg);
	else {
		log_printf(s->d->log, "%s: %s (at byte %llu)", s->item->name, err->msg,
			   (unsigned long long)s->received);
		s->retry_ms = clock_ms(CLOCK_MONOTONIC) + mirrors_backoff_ms(s->tries);
		s->state = STREAM_WAITING;
	}
	pthread_cond_broadcast(&s->d->changed);
}

static struct stream *next_waiting(struct downloads *d)
{
	size_t end = MIN(d->n, d->first_open + d->window);

	for (size_t i = d->first_open; i < end; i++) {
		struct stream *s = &d->streams[i];

		if (s->state == STREAM_WAITING && !s->done && export_is(s->urls[0]) &&
		    s->retry_ms <= clock_ms(CLOCK_MONOTONIC) && !stream_open_local(s))
			return s;
	}
	return NULL;
}

void *download_nfs_thread(void *arg)
{
	struct downloads *d = arg;
	struct export *e = NULL;

	pthread_mutex_lock(&d->lock);
	while (!d->stop && d->first_open < d->n) {
		struct stream *s = next_waiting(d);
		struct err err = { 0 };
		int r;

		if (!s) {
			wait_changed(d);
			continue;
		}
		s->state = STREAM_RUNNING;
		s->at_start = s->received;
		s->too_long = false;
		pthread_mutex_unlock(&d->lock);
		r = transfer(s, &e, &err);
		if (r) {
			export_free(e);
			e = NULL;
		}
		pthread_mutex_lock(&d->lock);
		if (!s->done)
			finish(s, r, &err);
	}
	pthread_mutex_unlock(&d->lock);
	export_free(e);
	return NULL;
}
