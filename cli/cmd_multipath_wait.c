#include "base/util.h"
#include "cli/cli.h"
#include "cli/multipath_ks.h"
#include "multipath/live.h"

struct values {
	bool json;
};

static const struct opt opts[] = {
	{ "--json", 0, OPT_FLAG, offsetof(struct values, json), NULL, "print data instead of text" },
	{ 0 },
};

static int run(void *arg, struct argv *args, struct err *err)
{
	const struct values *v = arg;
	struct door door = { 0 };
	struct mpath_plan plan = { 0 };
	struct mpath san = { 0 };
	struct ks ks = { 0 };
	int r = multipath_ks_read(args->v[0], &ks, err);

	if (!r)
		r = mpath_live_wait(&ks, &door, multipath_ks_progress, NULL, &san, err);
	if (!r)
		r = mpath_plan_make(&san, &ks, true, &plan, err);
	if (!r)
		multipath_ks_print(&plan, v->json);
	mpath_plan_clear(&plan);
	mpath_clear(&san);
	ks_clear(&ks);
	return r;
}

const struct command cmd_multipath_wait = {
	.name = "multipath wait",
	.args = "FILE|-",
	.summary = "Scan the HBAs and wait for the paths that a kickstart file's lun lines want",
	.opts = opts,
	.values_size = sizeof(struct values),
	.min_args = 1,
	.max_args = 1,
	.run = run,
};
