#include "installer/event_queue.h"

#include <errno.h>
#include <pthread.h>

#include "base/argv.h"
#include "base/util.h"

#define FLUSH_S       10
#define BACKOFF_S     1 /* after the first failure; doubled up to: */
#define BACKOFF_MAX_S 30
#define BEAT_S        30 /* without an event for so long, a sign of life is sent */
#define QUEUE_LONG    64 /* beyond this, progress is not queued */
#define QUEUE_MAX     1024

struct event_queue {
	struct event_queue_ops ops;
	struct log *log;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct argv queue; /* oldest first */
	bool busy, flushing, ending, told;
	unsigned backoff_s;
};

/* The first failure is logged, the following ones aren't. */
static bool send_line(struct event_queue *q, const char *line)
{
	struct err err = { 0 };
	bool gone = q->ops.send(q->ops.arg, line, &err);

	if (!err.code)
		q->told = false;
	else if (!q->told)
		log_printf(q->log, "cannot %s an event: %s", q->ops.what, err.msg);
	if (err.code)
		q->told = true;
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

static bool wait_s(struct event_queue *q, unsigned seconds)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += seconds;
	return pthread_cond_timedwait(&q->changed, &q->lock, &until) != ETIMEDOUT;
}

/* The line is back in front of the queue; its time comes after a pause that grows. Called with the lock. */
static void back_off(struct event_queue *q)
{
	struct timespec now, until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += q->flushing ? 1 : q->backoff_s;
	q->backoff_s = MIN(q->backoff_s * 2, BACKOFF_MAX_S);
	do {
		pthread_cond_timedwait(&q->changed, &q->lock, &until);
		clock_gettime(CLOCK_REALTIME, &now);
	} while (!q->flushing && !q->ending && now.tv_sec < until.tv_sec);
}

/* Called with the lock, which it gives up: who makes the line may be waiting for it. */
static void add_beat(struct event_queue *q)
{
	char *line;

	pthread_mutex_unlock(&q->lock);
	line = q->ops.beat ? q->ops.beat(q->ops.beat_arg) : NULL;
	pthread_mutex_lock(&q->lock);
	if (line)
		argv_add(&q->queue, line);
	free(line);
}

static void *work(void *arg)
{
	struct event_queue *q = arg;

	pthread_mutex_lock(&q->lock);
	for (;;) {
		auto_free char *line = NULL;
		bool sent;

		while (!q->queue.n && !q->ending)
			if (!wait_s(q, q->ops.beat_s) && !q->queue.n)
				add_beat(q);
		if (!q->queue.n)
			break;
		line = take_first(&q->queue);
		q->busy = true;
		pthread_mutex_unlock(&q->lock);
		sent = send_line(q, line);
		pthread_mutex_lock(&q->lock);
		q->busy = false;
		if (sent)
			q->backoff_s = BACKOFF_S;
		else if (!q->ending)
			put_first(&q->queue, &line);
		pthread_cond_broadcast(&q->changed);
		if (!sent && !q->ending)
			back_off(q);
	}
	pthread_mutex_unlock(&q->lock);
	return NULL;
}

struct event_queue *event_queue_new(const struct event_queue_ops *ops, struct log *log)
{
	struct event_queue *q = xcalloc(1, sizeof(*q));

	q->ops = *ops;
	q->ops.beat_s = ops->beat_s ? ops->beat_s : BEAT_S;
	q->log = log;
	q->backoff_s = BACKOFF_S;
	pthread_mutex_init(&q->lock, NULL);
	pthread_cond_init(&q->changed, NULL);
	if (pthread_create(&q->thread, NULL, work, q))
		abort();
	return q;
}

void event_queue_free(struct event_queue *q)
{
	struct timespec until;

	if (!q)
		return;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += FLUSH_S;
	pthread_mutex_lock(&q->lock);
	q->flushing = true;
	pthread_cond_broadcast(&q->changed);
	while ((q->queue.n || q->busy) && pthread_cond_timedwait(&q->changed, &q->lock, &until) != ETIMEDOUT)
		;
	if (q->queue.n)
		log_printf(q->log, "%zu events could not be sent", q->queue.n);
	argv_clear(&q->queue);
	q->ending = true;
	pthread_cond_broadcast(&q->changed);
	pthread_mutex_unlock(&q->lock);
	pthread_join(q->thread, NULL);
	pthread_mutex_destroy(&q->lock);
	pthread_cond_destroy(&q->changed);
	if (q->ops.clear)
		q->ops.clear(q->ops.arg);
	free(q);
}

void event_queue_add(struct event_queue *q, const char *line)
{
	bool progress = strstr(line, "\"state\":\"progress\"") != NULL;

	pthread_mutex_lock(&q->lock);
	if (q->queue.n < (progress ? QUEUE_LONG : QUEUE_MAX))
		argv_add(&q->queue, line);
	pthread_cond_broadcast(&q->changed);
	pthread_mutex_unlock(&q->lock);
}
