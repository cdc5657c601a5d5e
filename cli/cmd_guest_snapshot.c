#include "base/util.h"
#include "cli/cli.h"
#include "cli/guest_one.h"

struct values {
	const char *size;
	bool drop;
};

static const struct opt opts[] = {
	{ "--size", 0, OPT_STR, offsetof(struct values, size), "SIZE",
	  "room for changes, of thick volumes; else a fifth" },
	{ "--drop", 0, OPT_FLAG, offsetof(struct values, drop), NULL, "remove it" },
	{ 0 },
};

static int run(void *arg, struct argv *args, struct err *err)
{
	const struct values *v = arg;
	struct guest_one one = { 0 };
	int r = guest_one_open(args->v[0], &one, err);

	uint64_t size = 0;

	if (!r && v->size && guest_size_mib(v->size, &size))
		r = err_set(err, ERR_USAGE, "--size %s: is no size (2G, 512M)", v->size);
	if (!r)
		r = v->drop ? guest_snapshot_drop(&one.host, one.guest, args->v[1], &one.door, err)
			    : guest_snapshot(&one.host, one.guest, args->v[1], size, &one.door, err);
	if (!r)
		printf("%s: snapshot %s %s\n", args->v[0], args->v[1], v->drop ? "removed" : "made");
	guest_one_close(&one);
	return r;
}

const struct command cmd_guest_snapshot = {
	.name = "guest snapshot",
	.args = "NAME LABEL",
	.summary = "Keep the state of all volumes of a guest, at one moment",
	.opts = opts,
	.values_size = sizeof(struct values),
	.min_args = 2,
	.max_args = 2,
	.run = run,
};
