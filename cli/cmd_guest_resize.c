#include "base/util.h"
#include "cli/cli.h"
#include "cli/guest_one.h"

static int run(void *arg, struct argv *args, struct err *err)
{

	struct guest_one one = { 0 };
	int r = guest_one_open(args->v[0], &one, err);

	(void)arg;
	uint64_t size = 0;

	if (!r && guest_size_mib(args->v[2], &size))
		r = err_set(err, ERR_USAGE, "%s is no size (20G, 512M)", args->v[2]);
	if (!r)
		r = guest_resize(&one.host, one.guest, args->v[1], size, &one.door, err);
	if (!r)
		printf("%s: %s has %llu MiB\n", args->v[0], args->v[1], (unsigned long long)size);
	guest_one_close(&one);
	return r;
}

const struct command cmd_guest_resize = {
	.name = "guest resize",
	.args = "NAME DISK SIZE",
	.summary = "Make a disk larger, with a file system that is on the whole of it",

	.values_size = 1,
	.min_args = 3,
	.max_args = 3,
	.run = run,
};
