#include "base/util.h"
#include "cli/cli.h"
#include "cli/guest_one.h"
#include "guest/migrate.h"

struct values {
	bool check;
};

static const struct opt opts[] = {
	{ "--check", 0, OPT_FLAG, offsetof(struct values, check), NULL, "look only" },
	{ 0 },
};

static int run(void *arg, struct argv *args, struct err *err)
{
	const struct values *v = arg;
	struct guest_one one = { 0 };
	int r = guest_one_open(args->v[0], &one, err);

	if (!r)
		r = guest_migrate(&one.host, one.guest, args->v[1], v->check, &one.door, err);
	if (!r)
		printf("%s: %s %s\n", args->v[0], v->check ? "nothing speaks against" : "runs on",
		       args->v[1]);
	guest_one_close(&one);
	return r;
}

const struct command cmd_guest_migrate = {
	.name = "guest migrate",
	.args = "NAME HOST",
	.summary = "Move a running guest to another host, which is looked at first",
	.opts = opts,
	.values_size = sizeof(struct values),
	.min_args = 2,
	.max_args = 2,
	.run = run,
};
