#include "base/util.h"
#include "cli/cli.h"
#include "cli/guest_one.h"

static int run(void *arg, struct argv *args, struct err *err)
{

	struct guest_one one = { 0 };
	int r = guest_one_open(args->v[0], &one, err);

	(void)arg;
	if (!r) {
		execlp("xl", "xl", "console", args->v[0], NULL);
		r = err_sys(err, "cannot run xl");
	}
	guest_one_close(&one);
	return r;
}

const struct command cmd_guest_console = {
	.name = "guest console",
	.args = "NAME",
	.summary = "Its console, until Ctrl-]",

	.values_size = 1,
	.min_args = 1,
	.max_args = 1,
	.run = run,
};
