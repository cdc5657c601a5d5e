/* What `xenith guest create` is asked: its options as a spec, its template as answers. */
#ifndef CLI_GUEST_ASK_H
#define CLI_GUEST_ASK_H

#include "base/opt.h"
#include "guest/answers.h"

struct guest_ask {
	const char *from, *type, *memory, *maxmem, *graphics, *iso, *kernel, *initrd, *extra, *uuid, *facts;
	uint64_t vcpus, maxvcpus, order, delay, timeout;
	struct argv disk, bridge, set, set_file, hash, xl;
	bool autostart, dry_run, json, libvirt, no_start, yes;
	const char *hosts;
	uint64_t parallel;
};

/* A guest on its way from words to a plan. Zero-initialise. */
struct guest_job {
	struct guest_spec spec;
	struct guest_answers answers;
	struct guest_plan plan;
	struct argv secrets; /* values that no log may show */
};

/*
 * Make the spec of a guest, render its template with the values (a table's row, or NULL), and plan it on the
 * host. Warnings go to standard error. ERR_USAGE, ERR_INPUT, ERR_MACHINE.
 */
int guest_ask_plan(const struct guest_ask *ask, const char *name, json_t *row, const struct guest_host *host,
		   struct guest_job *ret, struct err *err);
void guest_job_clear(struct guest_job *job);

#endif
