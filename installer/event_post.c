#include "installer/event_post.h"

#include <errno.h>
#include <pthread.h>

#include "base/argv.h"
#include "base/util.h"
#include "packages/fetch.h"

#define FLUSH_S    10
#define QUEUE_LONG 64 /* beyond this, progress is not queued */
#define QUEUE_MAX  1024

struct event_post {
	char *url, *proxy;
	struct log *log;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct argv queue; /* oldest first */
	bool busy, ending, told;
};

/* One line to the collector. The first failure is logged, the following ones aren't. */
static void post_line(struct event_post *post, const char *line)
{
	struct fetch_opts opts = { .proxy = post->proxy, .timeout_s = 15, .tries = 2, .post = line };
	auto_buf answer = { 0 };
	struct err err = { 0 };

	argv_add(&opts.headers, "Content-Type: application/json");
	if (fetch_to_buf(post->url, &opts, NULL, &answer, &err) == 0) {
		post->told = false;
	} else if (!post->told) {
		log_printf(post->log, "cannot post an event: %s", err.msg);
		post->told = true;
	}
	argv_clear(&opts.headers);
}

static char *take_first(struct argv *queue)
{
	char *line = queue->v[0];

	memmove(queue->v, queue->v + 1, queue->n * sizeof(*queue->v));
	queue->n--;
	return line;
}

static void *work(void *arg)
{
	struct event_post *post = arg;

	pthread_mutex_lock(&post->lock);
	for (;;) {
		auto_free char *line = NULL;

		while (!post->queue.n && !post->ending)
			pthread_cond_wait(&post->changed, &post->lock);
		if (!post->queue.n)
			break;
		line = take_first(&post->queue);
		post->busy = true;
		pthread_mutex_unlock(&post->lock);
		post_line(post, line);
		pthread_mutex_lock(&post->lock);
		post->busy = false;
		pthread_cond_broadcast(&post->changed);
	}
	pthread_mutex_unlock(&post->lock);
	return NULL;
}

struct event_post *event_post_new(const char *url, const char *proxy, struct log *log)
{
	struct event_post *post = xcalloc(1, sizeof(*post));

	post->url = xstrdup(url);
	post->proxy = proxy ? xstrdup(proxy) : NULL;
	post->log = log;
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
