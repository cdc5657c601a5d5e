#include "installer/event.h"

#include <stdarg.h>

#include "base/util.h"
#include "installer/event_priv.h"

#define PROGRESS_EVERY_MS 500
#define FAILED_LOG_LINES  200

struct events *events_new(struct log *log)
{
	struct events *events = xcalloc(1, sizeof(*events));

	events->log = log;
	pthread_mutex_init(&events->lock, NULL);
	return events;
}

void events_free(struct events *events)
{
	if (!events)
		return;
	event_queue_free(events->post);
	event_syslog_free(events->syslog);
	pthread_mutex_destroy(&events->lock);
	free(events->url);
	free(events->syslog_at);
	free(events->host);
	free(events->file);
	free(events);
}

void events_to_fd(struct events *events, int fd, bool json)
{
	if (events->n_fds == ARRAY_SIZE(events->fds))
		return;
	events->fds[events->n_fds].fd = fd;
	events->fds[events->n_fds++].json = json;
}

void events_to_file(struct events *events, const char *path)
{
	free(events->file);
	events->file = xstrdup(path);
}

static void put_time(json_t *event)
{
	char text[32];
	struct timespec now;
	struct tm tm;

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	json_object_set_new(event, "time", json_sprintf("%s.%03ldZ", text, now.tv_nsec / 1000000));
}

/* A sign of life for the collector, while a step says nothing. free(3). */
static char *beat(void *arg)
{
	struct events *events = arg;
	auto_json *event = json_object();
	auto_buf line = { 0 };

	pthread_mutex_lock(&events->lock);
	json_put_u64(event, "seq", ++events->seq);
	put_time(event);
	json_put_str(event, "host", events->host);
	json_put_str(event, "step", events->step);
	json_put_str(event, "state", "alive");
	json_put_str(event, "message", "still at work");
	pthread_mutex_unlock(&events->lock);
	json_line(event, &line);
	return buf_take(&line);
}

void events_to_url(struct events *events, const char *url, const char *proxy)
{
	if (str_eq(events->url, url))
		return;
	event_queue_free(events->post);
	free(events->url);
	events->url = xstrdup(url);
	events->post = event_post_new(url, proxy, events->log, beat, events);
}

void events_to_syslog(struct events *events, const char *server)
{
	if (str_eq(events->syslog_at, server))
		return;
	free(events->syslog_at);
	events->syslog_at = xstrdup(server);
	event_syslog_free(events->syslog);
	events->syslog = event_syslog_new(server, events->log);
}

void events_to_fn(struct events *events, void (*fn)(void *arg, const struct event_said *event), void *arg)
{
	pthread_mutex_lock(&events->lock);
	events->fn = fn;
	events->fn_arg = arg;
	pthread_mutex_unlock(&events->lock);
}

void events_hold(struct events *events, bool hold)
{
	pthread_mutex_lock(&events->lock);
	events->held = hold;
	pthread_mutex_unlock(&events->lock);
}

void events_set_host(struct events *events, const char *host)
{
	pthread_mutex_lock(&events->lock); /* a sign of life names it */
	free(events->host);
	events->host = host ? xstrdup(host) : NULL;
	pthread_mutex_unlock(&events->lock);
}

/* Takes the reference of extra (more fields, or NULL). */
static void send_event(struct events *events, const char *step, enum event_state state, const char *message,
		       json_t *extra)
{
	auto_json *event = json_object();
	auto_json *more = extra;
	auto_buf line = { 0 };

	pthread_mutex_lock(&events->lock);
	json_put_u64(event, "seq", ++events->seq);
	put_time(event);
	json_put_str(event, "host", events->host);
	json_put_str(event, "step", step);
	snprintf(events->step, sizeof(events->step), "%s", step);
	json_put_str(event, "state", event_state_name(state));
	if (state != EVENT_PROGRESS)
		json_put_u64(event, "overall", event_overall(step, state == EVENT_DONE ? 100 : 0));
	if (more)
		json_object_update(event, more);
	json_put_str(event, "message", message);
	json_line(event, &line);
	log_mask_buf(events->log, &line);
	event_out(events, event, state, buf_str(&line));
	pthread_mutex_unlock(&events->lock);
}

void event_send(struct events *events, const char *step, enum event_state state, const char *fmt, ...)
{
	auto_buf message = { 0 };
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(&message, fmt, ap);
	va_end(ap);
	send_event(events, step, state, buf_str(&message), NULL);
}

void event_progress(struct events *events, const char *step, unsigned percent, uint64_t bytes,
		    const char *message)
{
	int64_t now = clock_ms(CLOCK_MONOTONIC);
	bool due;
	json_t *extra;

	pthread_mutex_lock(&events->lock);
	due = now - events->last_progress_ms >= PROGRESS_EVERY_MS ||
	      (percent == 100 && events->last_percent != 100);
	if (due) {
		events->last_progress_ms = now;
		events->last_percent = percent;
	}
	pthread_mutex_unlock(&events->lock);
	if (!due)
		return;
	extra = json_object();
	json_put_u64(extra, "percent", percent);
	json_put_u64(extra, "overall", event_overall(step, percent));
	json_put_u64(extra, "bytes", bytes);
	send_event(events, step, EVENT_PROGRESS, message, extra);
}

void event_failed(struct events *events, const char *step, const struct err *failure)
{
	auto_buf tail = { 0 };
	json_t *extra;

	log_tail(events->log, FAILED_LOG_LINES, &tail);
	extra = json_object();
	json_put_u64(extra, "code", failure->code);
	json_put_str(extra, "error", err_entry(failure)->code);
	json_put_str(extra, "wanted", err_entry(failure)->wanted);
	json_put_str(extra, "next", err_entry(failure)->next);
	json_put_str(extra, "log", buf_str(&tail));
	send_event(events, step, EVENT_FAILED, failure->msg, extra);
}

void events_send_bundle(struct events *events, const char *path)
{
	if (events->post)
		event_queue_add(events->post, path);
}
