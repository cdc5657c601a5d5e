#include "packages/fetch.h"

#include <pthread.h>

#include "base/util.h"
#include "packages/easy.h"

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
	struct buf *buf;
	uint64_t max_bytes;
	bool too_large;
};

static size_t on_data(char *data, size_t size, size_t n, void *arg)
{
	struct body *body = arg;

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
	if (opts->range)
		curl_easy_setopt(easy, CURLOPT_RANGE, opts->range);
}

/* What another try may cure: the network, and a server that says that it is busy or broken for now. */
static bool is_passing(CURLcode code, long status)
{
	if (code == CURLE_OK)
		return status == 408 || status == 429 || status >= 500;
	return code != CURLE_UNSUPPORTED_PROTOCOL && code != CURLE_URL_MALFORMAT &&
	       code != CURLE_FILE_COULDNT_READ_FILE && code != CURLE_WRITE_ERROR &&
	       code != CURLE_PEER_FAILED_VERIFICATION;
}

/* One try. *again: whether a further one makes sense. */
static int fetch_once(const char *url, const char *shown, const struct fetch_opts *opts, long left_s,
		      struct buf *buf, bool *again, struct err *err)
{
	CURL *easy = easy_new(url, opts->proxy, opts->insecure);
	char why[CURL_ERROR_SIZE] = "";
	uint64_t max_bytes = opts->max_bytes ? opts->max_bytes : DEFAULT_MAX_BYTES;
	struct body body = { .buf = buf, .max_bytes = max_bytes };
	struct curl_slist *headers = header_list(opts);
	long status = 0;
	CURLcode code;

	set_options(easy, opts, left_s);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, why);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_data);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, &body);
	code = curl_easy_perform(easy);
	curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_cleanup(easy);
	curl_slist_free_all(headers);
	*again = is_passing(code, status);
	if (body.too_large)
		return err_set(err, ERR_FETCH, "%s: larger than the %llu bytes that are allowed", shown,
			       (unsigned long long)max_bytes);
	if (code != CURLE_OK)
		return err_set(err, ERR_SRC_UNREACHED, "%s: %s", shown,
			       why[0] ? why : curl_easy_strerror(code));
	if (status >= 400)
		return err_set(err, ERR_SRC_STATUS, "%s: HTTP status %ld", shown, status);
	return 0;
}

static int64_t now_s(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
}

int fetch_to_buf(const char *url, const struct fetch_opts *opts, struct log *log, struct buf *ret,
		 struct err *err)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	static const struct fetch_opts none;
	auto_free char *shown = fetch_url_masked(url);
	unsigned tries, wait_s = 1;
	int64_t deadline;
	int r = 0;

	opts = opts ? opts : &none;
	tries = opts->tries ? opts->tries : DEFAULT_TRIES;
	deadline = now_s() + (opts->timeout_s ? opts->timeout_s : DEFAULT_TIMEOUT_S);
	pthread_once(&once, global_init);
	for (unsigned i = 0; i < tries; i++, wait_s *= 2) {
		auto_buf body = { 0 };
		int64_t left = deadline - now_s();
		struct err failure = { 0 };
		bool again;

		if (i && left <= (int64_t)wait_s)
			return r;
		if (i)
			sleep(wait_s);
		r = fetch_once(url, shown, opts, (long)MAX(deadline - now_s(), 1), &body, &again, &failure);
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
	}
	return r;
}
