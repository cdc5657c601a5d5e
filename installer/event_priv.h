/* What the files of events share. */
#ifndef INSTALLER_EVENT_PRIV_H
#define INSTALLER_EVENT_PRIV_H

#include <pthread.h>

#include "base/json.h"
#include "installer/event.h"
#include "installer/event_post.h"
#include "installer/event_text.h"

struct events {
	struct log *log;
	pthread_mutex_t lock; /* progress comes from several threads */
	unsigned long seq;
	char *host;
	char step[32]; /* of the last event */
	struct {
		int fd;
		bool json;
		struct event_pace pace;
	} fds[4];
	size_t n_fds;
	bool held;
	void (*fn)(void *arg, const struct event_said *event);
	void *fn_arg;
	char *file;
	struct event_queue *post;
	char *url; /* of post */
	struct event_syslog *syslog;
	char *syslog_at;
	int64_t last_progress_ms;
	unsigned last_percent;
};

const char *event_state_name(enum event_state state);
/* An event to all sinks; line is the same as JSON, without its end and with its secrets masked. Called with
 * the lock. */
void event_out(struct events *events, json_t *event, enum event_state state, const char *line);

#endif
