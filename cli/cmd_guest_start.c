#include "base/util.h"
#include "cli/cli.h"
#include "cli/guest_one.h"

static int run(void *arg, struct argv *args, struct err *err)
{

	struct guest_one one = { 0 };
	int r = guest_one_open(args->v[0], &one, err);

	(void)arg;
	if (!r)
		r = guest_start(&one.host, one.guest, &one.door, err);
	if (!r)
		printf("%s: started\n", args->v[0]);
	guest_one_close(&one);
	return r;
}

const struct command cmd_guest_start = {
	.name = "guest start",
	.args = "NAME",
	.summary = "Start a guest, once its volumes are surely this host's",

	.values_size = 1,
	.min_args = 1,
	.max_args = 1,
	.run = run,
};
