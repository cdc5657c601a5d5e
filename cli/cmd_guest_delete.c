#include "base/util.h"
#include "cli/cli.h"
#include "cli/guest_one.h"

struct values {
	bool yes, keep;
};

static const struct opt opts[] = {
	{ "--yes", 0, OPT_FLAG, offsetof(struct values, yes), NULL, "it is meant" },
	{ "--keep-volumes", 0, OPT_FLAG, offsetof(struct values, keep), NULL,
	  "remove its configuration alone" },
	{ 0 },
};

static int run(void *arg, struct argv *args, struct err *err)
{
	const struct values *v = arg;
	struct guest_one one = { 0 };
	int r = guest_one_open(args->v[0], &one, err);

	if (!r && !v->yes)
		r = err_set(err, ERR_USAGE, "guest delete %s wants --yes: its volumes are lost", args->v[0]);
	if (!r)
		r = guest_delete(&one.host, one.guest, v->keep, &one.door, err);
	if (!r)
		printf("%s: deleted%s\n", args->v[0], v->keep ? "; its volumes are kept" : "");
	guest_one_close(&one);
	return r;
}

const struct command cmd_guest_delete = {
	.name = "guest delete",
	.args = "NAME",
	.summary = "Remove a guest with the volumes that were made for it",
	.opts = opts,
	.values_size = sizeof(struct values),
	.min_args = 1,
	.max_args = 1,
	.run = run,
};
