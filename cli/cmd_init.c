#include "base/util.h"
#include "cli/cli.h"
#include "cli/command.h"
#include "installer/init/init.h"

struct values {
	bool unused;
};

static const struct opt opts[] = { { 0 } };

static int install(char **words)
{
	return command_run(&cmd_install, words);
}

static int run(void *values, struct argv *args, struct err *err)
{
	(void)values, (void)args;
	return init_run(XENITH_VERSION, install, err);
}

const struct command cmd_init = {
	.name = "init",
	.args = "",
	.summary = "Process 1 of the boot medium; not started by hand",
	.opts = opts,
	.values_size = sizeof(struct values),
	.run = run,
};
