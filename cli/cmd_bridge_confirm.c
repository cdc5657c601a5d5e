#include "base/util.h"
#include "cli/cli.h"
#include "netbridge/guardian.h"

struct values {
	bool boot;
};

static const struct opt no_opts[] = { { 0 } };
static const struct opt opts[] = {
	{ "--boot", 0, OPT_FLAG, offsetof(struct values, boot), NULL,
	  "restore the files only: for xenith-net-rollback.service" },
	{ 0 },
};

static int confirm(void *arg, struct argv *args, struct err *err)
{
	int r = net_guard_confirm(NULL, err);

	(void)arg;
	(void)args;
	if (!r)
		puts("confirmed");
	return r;
}

static int rollback(void *arg, struct argv *args, struct err *err)
{
	const struct values *v = arg;
	bool restored = true;
	int r = v->boot ? net_guard_boot(NULL, &restored, err) : net_guard_rollback(NULL, err);

	(void)args;
	if (!r && restored)
		puts("rolled back");
	return r;
}

const struct command cmd_bridge_confirm = {
	.name = "bridge confirm",
	.args = "",
	.summary = "Keep the change of the network that waits for it",
	.opts = no_opts,
	.values_size = sizeof(struct values),
	.run = confirm,
};

const struct command cmd_bridge_rollback = {
	.name = "bridge rollback",
	.args = "",
	.summary = "Take the unconfirmed change of the network back now",
	.opts = opts,
	.values_size = sizeof(struct values),
	.run = rollback,
};
