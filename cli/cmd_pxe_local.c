#include "base/util.h"
#include "cli/cli.h"
#include "iso-build/pxe.h"

struct values {
	bool install;
};

static const struct opt opts[] = {
	{ "--install", 0, OPT_FLAG, offsetof(struct values, install), NULL,
	  "start the installer again instead" },
	{ 0 },
};

static int run(void *arg, struct argv *args, struct err *err)
{
	const struct values *v = arg;
	int r = 0;

	for (size_t i = 1; !r && i < args->n; i++)
		r = pxe_set_local(args->v[0], args->v[i], v->install, err);
	return r;
}

const struct command cmd_pxe_local = {
	.name = "pxe local",
	.args = "DIR HOST...",
	.summary = "Have hosts start from their disks, no longer from the network",
	.opts = opts,
	.values_size = sizeof(struct values),
	.min_args = 2,
	.max_args = 4096,
	.run = run,
};
