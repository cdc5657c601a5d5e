/* An event on its way to each sink. */
#include "installer/event_priv.h"

#include <errno.h>

#include "base/argv.h"
#include "base/file.h"
#include "base/util.h"

const char *event_state_name(enum event_state state)
{
	static const char *const names[] = { "start", "progress", "done", "warning", "failed" };

	return names[state];
}

static void put_fd(int fd, const char *line, size_t len)
{
	while (len) {
		ssize_t n = write(fd, line, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		line += n;
		len -= (size_t)n;
	}
}

static void put_text(struct events *events, size_t i, json_t *event, enum event_state state)
{
	auto_buf line = { 0 };

	event_text(&events->fds[i].pace, json_string_value(json_object_get(event, "step")),
		   event_state_name(state), (unsigned)json_integer_value(json_object_get(event, "percent")),
		   (uint64_t)json_integer_value(json_object_get(event, "bytes")),
		   json_string_value(json_object_get(event, "message")), clock_ms(CLOCK_MONOTONIC), &line);
	if (state == EVENT_FAILED)
		buf_addf(&line, "%s: %s\n", json_string_value(json_object_get(event, "error")),
			 json_string_value(json_object_get(event, "next")));
	log_mask_buf(events->log, &line);
	put_fd(events->fds[i].fd, line.data, line.len);
}

static void to_fn(struct events *events, const json_t *event)
{
	auto_buf message = { 0 };
	struct event_said said = {
		.step = json_string_value(json_object_get(event, "step")),
		.state = json_string_value(json_object_get(event, "state")),
		.percent = (unsigned)json_integer_value(json_object_get(event, "percent")),
		.overall = (unsigned)json_integer_value(json_object_get(event, "overall")),
		.bytes = (uint64_t)json_integer_value(json_object_get(event, "bytes")),
	};

	buf_adds(&message, json_string_value(json_object_get(event, "message")));
	log_mask_buf(events->log, &message);
	said.message = buf_str(&message);
	events->fn(events->fn_arg, &said);
}

/* The event as one message; a failure's log as one for each of its lines. */
static void to_syslog(struct events *events, json_t *event, bool failed)
{
	const char *time = json_string_value(json_object_get(event, "time"));
	auto_json *brief = json_copy(event);
	auto_buf line = { 0 };
	auto_buf log = { 0 };
	auto_argv lines = { 0 };

	buf_adds(&log, failed ? json_string_value(json_object_get(event, "log")) : "");
	log_mask_buf(events->log, &log);
	argv_split(&lines, buf_str(&log), "\n");
	for (size_t i = 0; i < lines.n; i++)
		event_syslog_send(events->syslog, false, time, events->host, lines.v[i]);
	json_object_del(brief, "log");
	json_line(brief, &line);
	log_mask_buf(events->log, &line);
	event_syslog_send(events->syslog, failed, time, events->host, buf_str(&line));
}

void event_out(struct events *events, json_t *event, enum event_state state, const char *line)
{
	auto_free char *whole = xasprintf("%s\n", line);

	if (state != EVENT_PROGRESS)
		log_text(events->log, "event", line, strlen(line));
	if (events->post)
		event_queue_add(events->post, line);
	if (events->syslog)
		to_syslog(events, event, state == EVENT_FAILED);
	for (size_t i = 0; i < events->n_fds && !events->held; i++)
		if (events->fds[i].json)
			put_fd(events->fds[i].fd, whole, strlen(whole));
		else
			put_text(events, i, event, state);
	if (events->fn)
		to_fn(events, event);
	if (events->file)
		file_append(events->file, whole, strlen(whole), 0600, NULL);
}
