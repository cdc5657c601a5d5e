/* A receiver of the events that installs post: shows many hosts at once. */
#ifndef FLEET_WATCH_H
#define FLEET_WATCH_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"

struct watch_opts {
	uint16_t port;       /* 0: one that is free */
	bool json;           /* every event as it came, one a line */
	bool live;           /* a table that is drawn anew: out is a terminal */
	uint64_t hosts;      /* end when so many hosts have ended; 0: never */
	const char *bundles; /* a folder for the log bundles of failures; NULL: they are dropped */
	/* Called once a host's install is done, and when it is ready; may be NULL. False: it couldn't be
	 * noted. */
	bool (*installed)(void *arg, const char *host, struct err *err);
	void *arg;
};

/*
 * Take POSTs of JSON lines (or of a tar file, a failure's log bundle) on any path until a signal (SIGINT,
 * SIGTERM) or until enough hosts have ended. The first line says which port it is. ERR_SYS if the port can't
 * be had; ERR_MACHINE if a host that ended isn't ready; ERR_STOPPED for a signal while waiting for hosts.
 */
int fleet_watch(const struct watch_opts *opts, FILE *out, struct err *err);

#endif
