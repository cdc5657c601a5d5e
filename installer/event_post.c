#include "installer/event_post.h"

#include <errno.h>
#include <pthread.h>

#include "base/argv.h"
#include "base/util.h"
#include "packages/fetch.h"

#define FLUSH_S       10
#define BACKOFF_S     1 /* after the first failure; doubled up to: */
#define BACKOFF_MAX_S 30
#define BEAT_S        30 /* without an event for so long, a sign of life is posted */
#define QUEUE_LONG    64 /* beyond this, progress is not queued */
#define QUEUE_MAX     1024

struct event_post {
	char *url, *proxy;
	struct log *log;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct argv queue; /* oldest first */
	bool busy, flushing, ending, told;
	unsigned backoff_s;
	char *(*beat)(void *arg);
	void *arg;
};

/*
 * One line to the collector; false: it may be taken later. What the collector refuses for good (4xx) is
 * dropped. The first failure is logged, the following ones aren't.
 */
static bool post_line(struct event_post *post, const char *line)
{
	struct fetch_opts opts = { .proxy = post->proxy, .timeout_s = 15, .tries = 1, .post = line };
	auto_buf answer = { 0 };
	struct err err = { 0 };
	bool gone = true;

	argv_add(&opts.headers, "Content-Type: application/json");
	if (fetch_to_buf(post->url, &opts, NULL, &answer, &err) == 0) {
		post->told = false;
	} else if (!post->told) {
		log_printf(post->log, "cannot post an event: %s", err.msg);
		post->told = true;
	}
	if (err.code)
		gone = strstr(err.msg, "HTTP status 4") != NULL;
	argv_clear(&opts.headers);
	return gone;
}

static char *take_first(struct argv *queue)
{
	char *line = queue->v[0];

	memmove(queue->v, queue->v + 1, queue->n * sizeof(*queue->v));
	queue->n--;
	return line;
}

static void put_first(struct argv *queue, char **line)
{
	argv_add(queue, "");
	free(queue->v[queue->n - 1]);
	memmove(queue->v + 1, queue->v, (queue->n - 1) * sizeof(*queue->v));
	queue->v[0] = TAKE(*line);
}

static bool wait_s(struct event_post *post, unsigned seconds)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += seconds;
	return pthread_cond_timedwait(&post->changed, &post->lock, &until) != ETIMEDOUT;
}

/* The line is back in front of the queue; its time comes after a pause that grows. Called with the lock. */
static void back_off(struct event_post *post)
{
	struct timespec now, until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += post->flushing ? 1 : post->backoff_s;
	post->backoff_s = MIN(post->backoff_s * 2, BACKOFF_MAX_S);
	do {
		pthread_cond_timedwait(&post->changed, &post->lock, &until);
		clock_gettime(CLOCK_REALTIME, &now);
	} while (!post->flushing && !post->ending && now.tv_sec < until.tv_sec);
}

/* Called with the lock, which it gives up: who makes the line may be waiting for it. */
static void add_beat(struct event_post *post)
{
	char *line;

	pthread_mutex_unlock(&post->lock);
	line = post->beat ? post->beat(post->arg) : NULL;
	pthread_mutex_lock(&post->lock);
	if (line)
		argv_add(&post->queue, line);
	free(line);
}

static void *work(void *arg)
{
	struct event_post *post = arg;

	pthread_mutex_lock(&post->lock);
	for (;;) {
		auto_free char *line = NULL;
		bool sent;

		while (!post->queue.n && !post->ending)
			if (!wait_s(post, BEAT_S) && !post->queue.n)
				add_beat(post);
		if (!post->queue.n)
			break;
		line = take_first(&post->queue);
		post->busy = true;
		pthread_mutex_unlock(&post->lock);
		sent = post_line(post, line);
		pthread_mutex_lock(&post->lock);
		post->busy = false;
		if (sent)
			post->backoff_s = BACKOFF_S;
		else if (!post->ending)
			put_first(&post->queue, &line);
		pthread_cond_broadcast(&post->changed);
		if (!sent && !post->ending)
			back_off(post);
	}
	pthread_mutex_unlock(&post->lock);
	return NULL;
}

struct event_post *event_post_new(const char *url, const char *proxy, struct log *log,
				  char *(*beat)(void *arg), void *arg)
{
	struct event_post *post = xcalloc(1, sizeof(*post));

	post->url = xstrdup(url);
	post->proxy = proxy ? xstrdup(proxy) : NULL;
	post->log = log;
	post->beat = beat;
	post->arg = arg;
	post->backoff_s = BACKOFF_S;
	pthread_mutex_init(&post->lock, NULL);
	pthread_cond_init(&post->changed, NULL);
	if (pthread_create(&post->thread, NULL, work, post))
		abort();
	return post;
}

void event_post_free(struct event_post *post)
{
	struct timespec until;

	if (!post)
		return;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += FLUSH_S;
	pthread_mutex_lock(&post->lock);
	post->flushing = true;
	pthread_cond_broadcast(&post->changed);
	while ((post->queue.n || post->busy) &&
	       pthread_cond_timedwait(&post->changed, &post->lock, &until) != ETIMEDOUT)
		;
	if (post->queue.n)
		log_printf(post->log, "%zu events could not be posted", post->queue.n);
	argv_clear(&post->queue);
	post->ending = true;
	pthread_cond_broadcast(&post->changed);
	pthread_mutex_unlock(&post->lock);
	pthread_join(post->thread, NULL);
	pthread_mutex_destroy(&post->lock);
	pthread_cond_destroy(&post->changed);
	free(post->url);
	free(post->proxy);
	free(post);
}

bool event_post_same(const struct event_post *post, const char *url)
{
	return str_eq(post->url, url);
}

void event_post_send(struct event_post *post, const char *line)
{
	bool progress = strstr(line, "\"state\":\"progress\"") != NULL;

	pthread_mutex_lock(&post->lock);
	if (post->queue.n < (progress ? QUEUE_LONG : QUEUE_MAX))
		argv_add(&post->queue, line);
	pthread_cond_broadcast(&post->changed);
	pthread_mutex_unlock(&post->lock);
}
