#include "base/util.h"
#include "cli/cli.h"
#include "guest/restore.h"

struct values {
	const char *name, *vg, *dir;
};

static const struct opt opts[] = {
	{ "--name", 0, OPT_STR, offsetof(struct values, name), "NAME",
	  "as another guest: with MACs, host name and keys of its own" },
	{ "--vg", 0, OPT_STR, offsetof(struct values, vg), "VG", "its volumes go into this group" },
	{ "--dir", 0, OPT_STR, offsetof(struct values, dir), "DIR", "its disks become files there" },
	{ 0 },
};

static int run(void *arg, struct argv *args, struct err *err)
{
	const struct values *v = arg;
	struct guest_restore restore = { .from = args->v[0], .name = v->name, .vg = v->vg, .dir = v->dir };
	struct door door = { .log = log_new("/var/log/xenith/guest-restore.log") };
	auto_free char *name = NULL;
	int r = 0;

	if (v->vg && v->dir)
		r = err_set(err, ERR_USAGE, "--vg and --dir speak against each other");
	if (!r && v->name && !guest_name_ok(v->name))
		r = err_set(err, ERR_USAGE, "\"%s\" can't name a guest", v->name);
	if (!r)
		r = guest_restore(&restore, &name, &door, err);
	if (!r)
		printf("%s: restored, and off\n", name);
	log_free(door.log);
	return r;
}

const struct command cmd_guest_restore = {
	.name = "guest restore",
	.args = "FROM",
	.summary = "Make a guest again from its backup, each disk with the sum that it had",
	.opts = opts,
	.values_size = sizeof(struct values),
	.min_args = 1,
	.max_args = 1,
	.run = run,
};
