#include "base/util.h"
#include "cli/cli.h"
#include "cli/multipath_ks.h"

#define PROBE_S 5

struct values {
	bool json;
	const char *root;
};

static const struct opt opts[] = {
	{ "--json", 0, OPT_FLAG, offsetof(struct values, json), NULL, "print data instead of text" },
	{ "--root", 0, OPT_STR, offsetof(struct values, root), "DIR", "read a captured machine's folder" },
	{ 0 },
};

static int run(void *arg, struct argv *args, struct err *err)
{
	const struct values *v = arg;
	struct mpath_plan plan = { 0 };
	struct mpath san = { 0 };
	struct ks ks = { 0 };
	int r = multipath_ks_read(args->v[0], &ks, err);

	if (!r)
		r = mpath_read(v->root ? v->root : "/", &san, err);
	for (size_t i = 0; !r && !v->root && i < ks.n_luns; i++)
		if (mpath_find(&san, ks.luns[i].wwid))
			mpath_probe(&san, ks.luns[i].wwid, PROBE_S);
	if (!r)
		r = mpath_plan_make(&san, &ks, false, &plan, err);
	if (!r)
		multipath_ks_print(&plan, v->json);
	mpath_plan_clear(&plan);
	mpath_clear(&san);
	ks_clear(&ks);
	return r;
}

const struct command cmd_multipath_plan = {
	.name = "multipath plan",
	.args = "FILE|-",
	.summary = "Show what a kickstart file's lun lines come to on this SAN",
	.opts = opts,
	.values_size = sizeof(struct values),
	.min_args = 1,
	.max_args = 1,
	.run = run,
};
