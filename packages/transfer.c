#include "base/util.h"
#include "packages/download_priv.h"

#define TRIES         4 /* of each URL, without one byte of progress */
#define RETRY_MAX_S   300
#define SLOW_BYTES    2048 /* a second: where there is another mirror, it is asked instead */
#define SLOW_S        20
#define RESOLUTION_MS 100
#define HTTP_NO_RANGE 416 /* the file ends before the range begins */

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

static void begin(struct stream *s)
{
	CURL *easy = easy_new(s->urls[s->url], s->d->req->proxy, false);
	int64_t left_ms = MAX(s->d->deadline_ms - clock_ms(CLOCK_MONOTONIC), (int64_t)RESOLUTION_MS);

	s->easy = easy;
	s->why[0] = '\0';
	s->checked = s->too_long = false;
	s->skip = 0;
	s->at_start = s->received;
	s->state = STREAM_RUNNING;
	curl_easy_setopt(easy, CURLOPT_PRIVATE, s);
	curl_easy_setopt(easy, CURLOPT_FAILONERROR, 1L);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, 131072L);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, s->why);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_data);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, s);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)MIN(left_ms, (int64_t)INT32_MAX));
	if (s->urls[1]) {
		curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, (long)SLOW_BYTES);
		curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, (long)SLOW_S);
	}
	if (s->received) {
		auto_free char *range = xasprintf("%llu-", (unsigned long long)s->received);

		curl_easy_setopt(easy, CURLOPT_RANGE, range);
	}
	mirrors_of(&s->d->mirrors, s->urls[s->url])->running++;
	curl_multi_add_handle(s->d->multi, easy);
}

void transfer_start(struct stream *s)
{
	int64_t not_before_ms = 0, now = clock_ms(CLOCK_MONOTONIC);
	int url = mirrors_choose(&s->d->mirrors, s->urls, s->gone, s->last_url, &not_before_ms);

	if (now >= s->d->deadline_ms) {
		stream_fail(s, "not all was fetched in the time that is allowed");
	} else if (url < 0) {
		stream_fail(s, s->why[0] ? s->why : "no mirror has the file as the index says");
	} else if (not_before_ms > now) {
		s->retry_ms = not_before_ms;
	} else {
		s->url = url;
		begin(s);
	}
}

void transfer_stop(struct stream *s)
{
	if (!s->easy)
		return;
	mirrors_of(&s->d->mirrors, s->urls[s->url])->running--;
	curl_multi_remove_handle(s->d->multi, s->easy);
	curl_easy_cleanup(s->easy);
	s->easy = NULL;
}

static char *explain(const struct stream *s, CURLcode code, long status)
{
	bool ended = code == CURLE_OK || (status == HTTP_NO_RANGE && s->at_start);

	if (code == CURLE_HTTP_RETURNED_ERROR && !ended)
		return xasprintf("HTTP status %ld", status);
	if (s->too_long)
		return xasprintf("more than the %llu bytes that the index says",
				 (unsigned long long)s->item->size_bytes);
	if (ended)
		return xasprintf("ended after %llu bytes, the index says %llu",
				 (unsigned long long)s->received, (unsigned long long)s->item->size_bytes);
	return xstrdup(s->why[0] ? s->why : curl_easy_strerror(code));
}

/* The server won't give this file, now or later; a server that answers a range so has a shorter file. */
static bool is_final(const struct stream *s, CURLcode code, long status)
{
	return s->too_long ||
	       (code == CURLE_HTTP_RETURNED_ERROR && status < 500 && status != 408 && status != 429);
}

static unsigned n_urls(const struct stream *s)
{
	unsigned n = 0;

	while (s->urls[n])
		n++;
	return n;
}

/* When this server may be asked again: when it says so, or after a while that grows with the tries. */
static int64_t wait_ms(const struct stream *s, curl_off_t retry_after_s)
{
	unsigned rounds = s->tries / n_urls(s);

	if (retry_after_s > 0)
		return MIN((int64_t)retry_after_s, (int64_t)RETRY_MAX_S) * 1000;
	/* The first time that a transfer breaks, it is taken up at once. */
	return s->tries > 1 || s->urls[1] ? mirrors_backoff_ms(rounds) : 0;
}

void transfer_finish(struct stream *s, CURLcode code)
{
	struct mirror *mirror = mirrors_of(&s->d->mirrors, s->urls[s->url]);
	auto_free char *why = NULL;
	curl_off_t retry_after_s = 0;
	long status = 0;

	curl_easy_getinfo(s->easy, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(s->easy, CURLINFO_RETRY_AFTER, &retry_after_s);
	transfer_stop(s);
	pthread_cond_broadcast(&s->d->changed);
	if (code == CURLE_OK && s->received == s->item->size_bytes) {
		mirror->not_before_ms = 0;
		s->state = STREAM_ENDED;
		return;
	}
	s->last_url = s->url;
	why = explain(s, code, status);
	s->tries = s->received > s->at_start ? 1 : s->tries + 1;
	log_printf(s->d->log, "%s: %s: %s (at byte %llu)", s->item->name, mirror->origin, why,
		   (unsigned long long)s->received);
	snprintf(s->why, sizeof(s->why), "%s", why);
	if (is_final(s, code, status))
		s->gone |= 1u << s->url;
	else
		mirror->not_before_ms = clock_ms(CLOCK_MONOTONIC) + wait_ms(s, retry_after_s);
	if (s->tries >= TRIES * n_urls(s)) {
		stream_fail(s, why);
		return;
	}
	s->state = STREAM_WAITING;
	s->retry_ms = 0;
	/* The bytes that it sent before are in doubt. */
	if (s->too_long)
		stream_fail(s, why);
}
