/* Events as lines for people: "[ 37%] unpack: 41 % 123.4 MB, 8.1 MB/s  linux-image-amd64". */
#ifndef INSTALLER_EVENT_TEXT_H
#define INSTALLER_EVENT_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

/* How much of an install is done, in percent, when a step is at step_percent: steps are weighted by the time
 * that they take. The percentage before the step if it isn't one of an install. */
unsigned event_overall(const char *step, unsigned step_percent);

struct event_pace { /* zeroed before the first event */
	char step[32];
	int64_t began_ms, told_ms;
	unsigned overall;
};

/*
 * The line of one event (with its end), or nothing: progress is told every five seconds only. state is a word
 * of event.h's list; percent and bytes are of the step, now_ms of a clock that doesn't jump.
 */
void event_text(struct event_pace *pace, const char *step, const char *state, unsigned percent,
		uint64_t bytes, const char *message, int64_t now_ms, struct buf *ret);

#endif
