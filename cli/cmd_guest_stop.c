#include "base/util.h"
#include "cli/cli.h"
#include "cli/guest_one.h"

#define STOP_S 300

struct values {
	uint64_t timeout;
	bool force;
};

static const struct opt opts[] = {
	{ "--timeout", 0, OPT_U64, offsetof(struct values, timeout), "SECONDS", "to wait for it; else 300" },
	{ "--force", 0, OPT_FLAG, offsetof(struct values, force), NULL,
	  "switch it off if it does not end by itself" },
	{ 0 },
};

static int run(void *arg, struct argv *args, struct err *err)
{
	const struct values *v = arg;
	struct guest_one one = { 0 };
	int r = guest_one_open(args->v[0], &one, err);

	if (!r)
		r = guest_stop(&one.host, one.guest, v->timeout ? (unsigned)v->timeout : STOP_S, v->force,
			       &one.door, err);
	if (!r)
		printf("%s: off\n", args->v[0]);
	guest_one_close(&one);
	return r;
}

const struct command cmd_guest_stop = {
	.name = "guest stop",
	.args = "NAME",
	.summary = "Shut a guest down, and let its shared volumes go",
	.opts = opts,
	.values_size = sizeof(struct values),
	.min_args = 1,
	.max_args = 1,
	.run = run,
};
