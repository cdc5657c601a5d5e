/* A plan carried out: volumes, system, configuration, first start. */
#ifndef GUEST_CREATE_H
#define GUEST_CREATE_H

#include "guest/answers.h"
#include "guest/journal.h"
#include "packages/packages.h"

struct guest_create {
	const struct guest_plan *plan;
	const struct guest_answers *answers;
	const struct guest_host *host;
	bool no_start;
	unsigned timeout_s; /* for an installer, and for the first report; 0: an hour */
	struct pkg_progress *progress;
	void (*say)(void *arg, const char *guest, const char *what); /* one line for people; or NULL */
	void *say_arg;
};

/* All of it, or nothing: what was made is taken back after a failure. ERR_FETCH, ERR_TOOL, ERR_SYS,
 * ERR_MACHINE. */
int guest_create(const struct guest_create *c, struct door *door, struct err *err);

#endif
