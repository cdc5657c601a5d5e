/* Many things of one kind at once: a child each, so many at a time. */
#ifndef GUEST_BATCH_H
#define GUEST_BATCH_H

#include <stddef.h>

#include "base/err.h"

struct batch_job {
	const char *name;
	void *arg;
	int status;    /* 0, or the code of its error */
	char msg[512]; /* its error's first line */
};

/*
 * Run fn for each job in a child of its own, `parallel` at a time, and call done (in this process, in the
 * order in which they end) behind each. Goes on after a failure. Returns the number that failed, or -ERR_SYS.
 */
int batch_run(struct batch_job *jobs, size_t n, size_t parallel,
	      int (*fn)(struct batch_job *job, struct err *err), void (*done)(const struct batch_job *job),
	      struct err *err);

#endif
