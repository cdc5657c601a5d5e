#include "base/util.h"
#include "cli/cli.h"
#include "installer/root_build.h"

struct values {
	const char *ks, *cache;
};

static const struct opt opts[] = {
	{ "--ks", 0, OPT_STR, offsetof(struct values, ks), "URL",
	  "the kickstart file whose packages are wanted" },
	{ "--cache", 0, OPT_STR, offsetof(struct values, cache), "DIR", "keep fetched files there" },
	{ 0 },
};

static int run(void *arg, struct argv *args, struct err *err)
{
	const struct values *v = arg;
	auto_buf summary = { 0 };
	int r;

	if (!v->ks)
		return err_set(err, ERR_USAGE, "xenith root build: wants --ks URL");
	r = root_build(v->ks, v->cache, args->v[0], false, &summary, err);
	fputs(buf_str(&summary), stdout);
	return r;
}

const struct command cmd_root_build = {
	.name = "root build",
	.args = "DIR",
	.summary = "Fetch, unpack and configure a kickstart file's packages in a folder",
	.opts = opts,
	.values_size = sizeof(struct values),
	.min_args = 1,
	.max_args = 1,
	.run = run,
};
