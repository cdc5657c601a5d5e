#include "base/util.h"
#include "cli/cli.h"
#include "cli/guest_one.h"

static int run(void *arg, struct argv *args, struct err *err)
{

	struct guest_one one = { 0 };
	int r = guest_one_open(args->v[0], &one, err);

	(void)arg;
	if (!r)
		r = guest_revert(&one.host, one.guest, args->v[1], &one.door, err);
	if (!r)
		printf("%s: as it was at %s\n", args->v[0], args->v[1]);
	guest_one_close(&one);
	return r;
}

const struct command cmd_guest_revert = {
	.name = "guest revert",
	.args = "NAME LABEL",
	.summary = "All volumes of a guest as they were at a snapshot",

	.values_size = 1,
	.min_args = 2,
	.max_args = 2,
	.run = run,
};
