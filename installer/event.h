/*
 * Progress as JSON lines:
 * {"seq":1,"time":"…Z","host":…,"step":"disk","state":"start","percent":0,"overall":0,"bytes":0,"message":…}.
 *
 * step: facts kickstart multipath network packages disk unpack configure target boot report firstboot; state:
 * start progress done warning failed; a failed event has "code" (exit status), "error" (XEN-AREA-NUMBER, see
 * base/err_list.h) with "wanted" and "next" (the next step), and "log" (the last lines).
 * Sinks that fail are logged and never stop an install.
 */
#ifndef INSTALLER_EVENT_H
#define INSTALLER_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/log.h"

struct events;

enum event_state { EVENT_START, EVENT_PROGRESS, EVENT_DONE, EVENT_WARNING, EVENT_FAILED };

/* One event, for events_to_fn. */
struct event_said {
	const char *step, *state, *message;
	unsigned percent, overall;
	uint64_t bytes;
};

struct events *events_new(struct log *log);
void events_free(struct events *events); /* waits a short while for what is still being posted */
/* Sinks. The fd is not closed; it gets JSON lines, or lines for people. */
void events_to_fd(struct events *events, int fd, bool json);
void events_to_file(struct events *events, const char *path);
void events_to_url(struct events *events, const char *url, const char *proxy);
/* server: as event_syslog_new takes it, "HOST", "tcp://HOST:PORT", "tls://HOST". */
void events_to_syslog(struct events *events, const char *server);
/* Called for each event, by any thread; fn NULL: no more. It must not send events itself. */
void events_to_fn(struct events *events, void (*fn)(void *arg, const struct event_said *event), void *arg);
/* While true, nothing goes to the fds: a dialog has the terminal. */
void events_hold(struct events *events, bool hold);
void events_set_host(struct events *events, const char *host);

void event_send(struct events *events, const char *step, enum event_state state, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/* Sent at most twice a second, and whenever percent reaches 100. */
void event_progress(struct events *events, const char *step, unsigned percent, uint64_t bytes,
		    const char *message);
/* The failure of a step: err's message and code, and the log's last lines. */
void event_failed(struct events *events, const char *step, const struct err *failure);
/* Post the tar file at path, behind the events. It must stay until the events are freed. */
void events_send_bundle(struct events *events, const char *path);

#endif
