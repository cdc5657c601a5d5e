/* What many hosts have said of their installs: the last event of each. */
#ifndef FLEET_BOARD_H
#define FLEET_BOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "base/buf.h"
#include "base/json.h"

#define BOARD_HOSTS_MAX 4096

struct board_host {
	char *name;
	char *step, *state, *message;
	unsigned percent; /* of the install */
	time_t heard;
	bool ended, ready;
};

struct board {
	struct board_host *hosts; /* in the order in which they were first heard of */
	size_t n, cap;
};

/*
 * Take one event (installer/event.h says what is in it); from names the host of an event that doesn't.
 * NULL: it is none, or there are too many hosts; else the host. A host has ended when its first boot reported
 * (ready or degraded) or its install failed; another event of it undoes that.
 */
const struct board_host *board_take(struct board *b, const json_t *event, const char *from, time_t now);
void board_clear(struct board *b);
size_t board_ended(const struct board *b);
/* Whether every host that ended is ready. */
bool board_all_ready(const struct board *b);

/* "12:00:01 xen11 [ 37%] unpack progress: linux-image". What comes from the network is printable text here.
 */
void board_line(const struct board_host *host, struct buf *ret);
/* The table of all hosts, for a terminal. */
void board_table(const struct board *b, time_t now, struct buf *ret);

#endif
