#include "base/util.h"
#include "cli/cli.h"
#include "cli/guest_one.h"
#include "guest/clone.h"
#include "guest/journal.h"

static int run(void *arg, struct argv *args, struct err *err)
{
	struct door first = { 0 };
	struct guest_one one = { 0 };
	bool found = false, own = false;
	int r = guest_journal_recover(args->v[1], &first, &found, err);

	(void)arg;
	if (!r)
		r = guest_one_open(args->v[0], &one, err);
	if (!r)
		r = guest_clone(&one.host, one.guest, args->v[1], &own, &one.door, err);
	if (!r)
		printf("%s: made of %s%s\n", args->v[1], args->v[0],
		       own ? ""
			   : "; no root file system that is known is on its disks: what is on them is as it "
			     "was");
	guest_one_close(&one);
	return r;
}

const struct command cmd_guest_clone = {
	.name = "guest clone",
	.args = "NAME NEW",
	.summary = "A guest like another, with MACs, host name, machine-id and host keys of its own",
	.values_size = 1,
	.min_args = 2,
	.max_args = 2,
	.run = run,
};
