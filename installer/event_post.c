#include "installer/event_post.h"

#include "base/argv.h"
#include "base/file.h"
#include "base/util.h"
#include "packages/fetch.h"

struct post {
	char *url, *proxy;
};

/* What the collector refuses for good: 4xx but "too slow" and "too many at once" (RFC 9110, RFC 6585). */
static bool refused(const char *message)
{
	return strstr(message, "HTTP status 4") && !strstr(message, "HTTP status 408") &&
	       !strstr(message, "HTTP status 429");
}

/* An event, or the path of a tar file. What is refused is gone. */
static bool post_line(void *arg, const char *line, struct err *err)
{
	const struct post *post = arg;
	bool tar = *line == '/';
	struct fetch_opts opts = {
		.proxy = post->proxy, .timeout_s = tar ? 60 : 15, .tries = 1, .post = line
	};
	auto_buf file = { 0 };
	auto_buf answer = { 0 };
	bool gone = true;

	if (tar && file_read(line, &file, err))
		return true;
	if (tar) {
		opts.post = buf_str(&file);
		opts.post_len = file.len;
	}
	argv_add(&opts.headers, tar ? "Content-Type: application/x-tar" : "Content-Type: application/json");
	if (fetch_to_buf(post->url, &opts, NULL, &answer, err))
		gone = refused(err->msg);
	argv_clear(&opts.headers);
	return gone;
}

static void post_clear(void *arg)
{
	struct post *post = arg;

	free(post->url);
	free(post->proxy);
	free(post);
}

struct event_queue *event_post_new(const char *url, const char *proxy, struct log *log,
				   char *(*beat)(void *arg), void *beat_arg)
{
	struct post *post = xcalloc(1, sizeof(*post));
	struct event_queue_ops ops = { .what = "post",
				       .send = post_line,
				       .clear = post_clear,
				       .arg = post,
				       .beat = beat,
				       .beat_arg = beat_arg };

	post->url = xstrdup(url);
	post->proxy = proxy ? xstrdup(proxy) : NULL;
	return event_queue_new(&ops, log);
}
