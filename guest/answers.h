/* A guest's rendered answers: what they ask of the planner, and what goes into the guest. */
#ifndef GUEST_ANSWERS_H
#define GUEST_ANSWERS_H

#include "answers/render.h"
#include "guest/guest.h"
#include "kickstart/ks.h"

struct guest_answer_file {
	const char *name; /* "preseed.cfg", "user-data" */
	const char *text;
	size_t len;
};

struct guest_answers {
	struct arena arena;
	struct guest_answer_file *files;
	size_t n_files;
	bool has_ks;
	struct ks ks; /* of a kickstart template */
};

/*
 * Take over what job rendered last, and set spec->route, dialect, source_url, ip, append and root_mib by it:
 * a kickstart file whose url is a Debian suite is written directly, liveimg is streamed, all else boots an
 * installer. ERR_INPUT.
 */
int guest_answers_take(const struct render_job *job, struct guest_spec *spec, struct guest_answers *ret,
		       struct err *err);
void guest_answers_clear(struct guest_answers *answers);

/* A MAC for each NIC of spec without one that no guest of host has: templates name it. */
void guest_spec_macs(const struct guest_host *host, struct guest_spec *spec);

#endif
