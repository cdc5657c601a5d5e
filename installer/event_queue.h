/*
 * A queue of events for a receiver that may be slow, away or broken, emptied by a thread of its own: it holds
 * nothing up.
 *
 * What can't be sent stays, in order, and is tried again after a pause that grows to 30 s. When nothing was
 * sent for 30 s, a sign of life is.
 */
#ifndef INSTALLER_EVENT_QUEUE_H
#define INSTALLER_EVENT_QUEUE_H

#include <stdbool.h>

#include "base/log.h"

struct event_queue;

struct event_queue_ops {
	const char *what; /* "post", for the log: "cannot post an event: ..." */
	/* Send one line. True: it is gone (or will never be taken, with err set); false: to be tried again,
	 * err set. */
	bool (*send)(void *arg, const char *line, struct err *err);
	void (*clear)(void *arg); /* frees arg; or NULL */
	void *arg;
	char *(*beat)(void *arg); /* the sign of life, free(3); NULL: none */
	void *beat_arg;
	unsigned beat_s; /* when nothing was sent for so long; 0: 30 */
};

struct event_queue *event_queue_new(const struct event_queue_ops *ops, struct log *log);
/* Waits at most 10 s for what is queued. NULL is fine. */
void event_queue_free(struct event_queue *q);
/* Progress is dropped first when the queue is long. */
void event_queue_add(struct event_queue *q, const char *line);

#endif
