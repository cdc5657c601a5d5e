/*
 * How far an install is, for a person: its phases with the time that each took, what is at work now with its
 * rate, and the time that is left.
 */
#ifndef INSTALLER_DIALOG_PROGRESS_H
#define INSTALLER_DIALOG_PROGRESS_H

#include <stdint.h>

#include "base/buf.h"

#define PROGRESS_PHASES 16

struct progress {
	struct progress_phase {
		const char *step, *what;    /* "unpack", "fetching and unpacking packages" */
		int64_t began_ms, ended_ms; /* 0: not yet */
	} phases[PROGRESS_PHASES];
	size_t n;
	unsigned percent, overall,
		first_overall; /* of the phase; of the install; of that, when the first phase began */
	uint64_t bytes;
	char message[256]; /* the last one */
};

/* One event. step stays the caller's; what is only read for a state of "start". */
void progress_take(struct progress *p, const char *step, const char *state, unsigned percent,
		   unsigned overall, uint64_t bytes, const char *message, int64_t now_ms);
/* The phases that are known, in order: before the first event, so that all are seen from the beginning. */
void progress_add(struct progress *p, const char *step, const char *what);
/* Lines of at most 72 characters. */
void progress_print(const struct progress *p, int64_t now_ms, struct buf *ret);

#endif
