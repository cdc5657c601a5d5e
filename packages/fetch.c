#include "packages/fetch.h"

#include <pthread.h>

#include "base/util.h"
#include "packages/easy.h"
#include "packages/export.h"
#include "packages/mirrors.h"

#define DEFAULT_TIMEOUT_S 60
#define DEFAULT_TRIES     3
#define DEFAULT_MAX_BYTES (64ull << 20)

static void global_init(void)
{
	curl_global_init(CURL_GLOBAL_DEFAULT);
}

char *fetch_url_masked(const char *url)
{
	const char *host = strstr(url, "://");
	size_t len;
	const char *at = NULL, *colon;

	host = host ? host + 3 : url;
	len = strcspn(host, "/?#");
	for (const char *p = host; p < host + len; p++)
		if (*p == '@')
			at = p;
	colon = at ? memchr(host, ':', (size_t)(at - host)) : NULL;
	if (!colon)
		return xstrdup(url);
	return xasprintf("%.*s***%s", (int)(colon + 1 - url), url, at);
}

struct body {
	CURL *easy;
	struct buf *buf;
	uint64_t max_bytes, first_bytes;
	uint64_t from; /* where this try goes on; 0: at the start */
	bool too_large, enough;
};

static size_t on_data(char *data, size_t size, size_t n, void *arg)
{
	struct body *body = arg;
	long status = 0;

	/* A server that ignores the range sends all from the start; its refusal is no part of the body. */
	if (body->from) {
		curl_easy_getinfo(body->easy, CURLINFO_RESPONSE_CODE, &status);
		if (status >= 400)
			return size * n;
		if (status != 206)
			body->buf->len = 0;
		body->from = 0;
	}
	if (body->first_bytes && body->buf->len + size * n > body->first_bytes) {
		buf_add(body->buf, data, body->first_bytes - body->buf->len);
		body->enough = true;
		return 0;
	}
	if (body->buf->len + size * n > body->max_bytes) {
		body->too_large = true;
		return 0;
	}
	buf_add(body->buf, data, size * n);
	return size * n;
}

static struct curl_slist *header_list(const struct fetch_opts *opts)
{
	struct curl_slist *list = NULL;

	for (size_t i = 0; i < opts->headers.n; i++)
		list = curl_slist_append(list, opts->headers.v[i]);
	if (opts->post)
		list = curl_slist_append(list, "Content-Type: application/json");
	return list;
}

static void set_options(CURL *easy, const struct fetch_opts *opts, long left_s)
{
	curl_easy_setopt(easy, CURLOPT_TIMEOUT, left_s);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, MIN(left_s, EASY_CONNECT_TIMEOUT_S));
	if (opts->post)
		curl_easy_setopt(easy, CURLOPT_POSTFIELDS, opts->post);
	if (opts->post_len)
		curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)opts->post_len);
	if (opts->pin)
		curl_easy_setopt(easy, CURLOPT_PINNEDPUBLICKEY, opts->pin);
	if (opts->first_bytes) {
		auto_free char *range = xasprintf("0-%llu", (unsigned long long)opts->first_bytes - 1);

		curl_easy_setopt(easy, CURLOPT_RANGE, range);
	}
}

/* What another try may cure: the network, and a server that says that it is busy or broken for now. */
static bool is_passing(CURLcode code, long status)
{
	if (code == CURLE_OK)
		return status == 408 || status == 429 || status >= 500;
	return code != CURLE_UNSUPPORTED_PROTOCOL && code != CURLE_URL_MALFORMAT &&
	       code != CURLE_FILE_COULDNT_READ_FILE && code != CURLE_WRITE_ERROR &&
	       code != CURLE_PEER_FAILED_VERIFICATION && code != CURLE_SSL_PINNEDPUBKEYNOTMATCH;
}

/* A certificate is judged by the clock as well. */
static int clock_error(const char *shown, const char *why, struct err *err)
{
	time_t now = time(NULL);
	char clock[32];
	struct tm tm;

	strftime(clock, sizeof(clock), "%Y-%m-%d %H:%M", gmtime_r(&now, &tm));
	return err_set(err, ERR_SRC_CERT, "%s: %s (this machine's clock says %s UTC)", shown, why, clock);
}

/* One try. *again: whether a further one makes sense; *after_s: when, if the server says so. */
static int fetch_once(const char *url, const char *shown, const struct fetch_opts *opts, long left_s,
		      struct buf *buf, bool *again, int64_t *after_s, struct err *err)
{
	CURL *easy = easy_new(url, opts->proxy, opts->insecure || opts->pin);
	char why[CURL_ERROR_SIZE] = "";
	uint64_t max_bytes = opts->max_bytes ? opts->max_bytes : DEFAULT_MAX_BYTES;
	struct body body = { .easy = easy,
			     .buf = buf,
			     .max_bytes = max_bytes,
			     .first_bytes = opts->first_bytes,
			     .from = buf->len };
	struct curl_slist *headers = header_list(opts);
	curl_off_t retry_after_s = 0;
	long status = 0;
	CURLcode code;

	set_options(easy, opts, left_s);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, why);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_data);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, &body);
	if (buf->len) {
		auto_free char *range = xasprintf("%zu-", buf->len);

		curl_easy_setopt(easy, CURLOPT_RANGE, range);
	}
	code = curl_easy_perform(easy);
	if (body.enough)
		code = CURLE_OK;
	curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &retry_after_s);
	curl_easy_cleanup(easy);
	*after_s = (int64_t)retry_after_s;
	curl_slist_free_all(headers);
	*again = is_passing(code, status);
	if (body.too_large)
		return err_set(err, ERR_SRC_SHORT, "%s: larger than the %llu bytes that are allowed", shown,
			       (unsigned long long)max_bytes);
	if (code == CURLE_PEER_FAILED_VERIFICATION)
		return clock_error(shown, why[0] ? why : curl_easy_strerror(code), err);
	if (code != CURLE_OK)
		return err_set(err, ERR_SRC_UNREACHED, "%s: %s", shown,
			       why[0] ? why : curl_easy_strerror(code));
	if (status >= 400)
		return err_set(err, ERR_SRC_STATUS, "%s: HTTP status %ld", shown, status);
	return 0;
}

int fetch_to_buf(const char *url, const struct fetch_opts *opts, struct log *log, struct buf *ret,
		 struct err *err)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	static const struct fetch_opts none;
	auto_free char *shown = fetch_url_masked(url);
	int64_t deadline_ms, wait_ms = 0;
	auto_buf body = { 0 };
	unsigned tries;
	int r = 0;

	opts = opts ? opts : &none;
	tries = opts->tries ? opts->tries : DEFAULT_TRIES;
	deadline_ms = clock_ms(CLOCK_MONOTONIC) +
		      1000 * (int64_t)(opts->timeout_s ? opts->timeout_s : DEFAULT_TIMEOUT_S);
	pthread_once(&once, global_init);
	for (unsigned i = 0; i < tries; i++) {
		size_t before = body.len;
		struct err failure = { 0 };
		int64_t after_s = 0, left_ms;
		bool again;

		if (i && deadline_ms - clock_ms(CLOCK_MONOTONIC) <= wait_ms)
			return r;
		if (i)
			usleep((useconds_t)wait_ms * 1000);
		left_ms = MAX(deadline_ms - clock_ms(CLOCK_MONOTONIC), (int64_t)1000);
		if (export_is(url)) {
			r = export_fetch(url, opts->max_bytes ? opts->max_bytes : DEFAULT_MAX_BYTES, &body,
					 &failure);
			again = failure.id == ERR_SRC_UNREACHED;
		} else {
			r = fetch_once(url, shown, opts, (long)(left_ms / 1000), &body, &again, &after_s,
				       &failure);
		}
		if (!r) {
			log_printf(log, "fetched %s (%zu bytes)", shown, body.len);
			buf_clear(ret);
			*ret = body;
			body = (struct buf){ 0 };
			return 0;
		}
		log_printf(log, "fetch, try %u of %u: %s", i + 1, tries, failure.msg);
		err_copy(err, &failure);
		if (!again)
			return r;
		if (!opts->resume)
			body.len = 0;
		else if (body.len > before)
			i = 0; /* the tries are those without progress */
		wait_ms = after_s > 0 ? after_s * 1000 : mirrors_backoff_ms(i);
	}
	return r;
}
