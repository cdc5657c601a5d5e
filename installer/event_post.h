/* Where events go out: HTTP(S) by a thread of its own, so that a dead collector holds nothing up, and syslog.
 */
#ifndef INSTALLER_EVENT_POST_H
#define INSTALLER_EVENT_POST_H

#include <stdbool.h>

#include "base/log.h"

struct event_post;
struct event_syslog;

/*
 * What can't be posted stays in the queue, in order, and is tried again after a pause that grows to 30 s.
 * When nothing was sent for 30 s, beat(arg) gives a line (free(3)) that says that the machine is alive; NULL:
 * none.
 */
struct event_post *event_post_new(const char *url, const char *proxy, struct log *log,
				  char *(*beat)(void *arg), void *arg);
/* Waits at most 10 s for what is queued. NULL is fine. */
void event_post_free(struct event_post *post);
bool event_post_same(const struct event_post *post, const char *url);
/* Queue one JSON line. Progress is dropped first when the queue is long. */
void event_post_send(struct event_post *post, const char *line);

/* NULL (logged) when the server's name can't be resolved. */
struct event_syslog *event_syslog_new(const char *server, struct log *log);
void event_syslog_free(struct event_syslog *syslog);
void event_syslog_send(struct event_syslog *syslog, bool failed, const char *line);

#endif
