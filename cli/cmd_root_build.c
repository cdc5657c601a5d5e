#include "base/util.h"
#include "cli/cli.h"
#include "installer/root_build.h"

struct values {
	const char *ks, *cache, *keyring;
	uint64_t deadline_s;
	bool extract, dry_run, timing, json;
	struct argv hooks;
};

static const struct opt opts[] = {
	{ "--ks", 0, OPT_STR, offsetof(struct values, ks), "URL",
	  "the kickstart file whose packages are wanted" },
	{ "--cache", 0, OPT_STR, offsetof(struct values, cache), "DIR", "keep fetched files there" },
	{ "--keyring", 0, OPT_STR, offsetof(struct values, keyring), "FILE",
	  "the keys that may sign; Debian's if not given" },
	{ "--deadline", 0, OPT_U64, offsetof(struct values, deadline_s), "SECONDS",
	  "give up if not all packages are fetched by then; 14400 if not given" },
	{ "--extract", 0, OPT_FLAG, offsetof(struct values, extract), NULL,
	  "files only: no database of packages, no scripts" },
	{ "--hook", 0, OPT_LIST, offsetof(struct values, hooks), "COMMAND",
	  "run at the end, with the folder as its argument; may be given several times" },
	{ "--dry-run", 0, OPT_FLAG, offsetof(struct values, dry_run), NULL,
	  "only list the packages that would be installed" },
	{ "--timing", 0, OPT_FLAG, offsetof(struct values, timing), NULL, "print what took how long" },
	{ "--json", 0, OPT_FLAG, offsetof(struct values, json), NULL, "print the timing as JSON" },
	{ 0 },
};

static int run(void *arg, struct argv *args, struct err *err)
{
	struct values *v = arg;
	struct root_build_opts o = { .ks_url = v->ks,
				     .cache_dir = v->cache,
				     .dir = args->v[0],
				     .deadline_s = (unsigned)MIN(v->deadline_s, (uint64_t)UINT32_MAX / 1000),
				     .keyring = v->keyring,
				     .extract = v->extract,
				     .dry_run = v->dry_run,
				     .timing = v->timing,
				     .json = v->json,
				     .hooks = v->hooks };
	auto_buf summary = { 0 };
	int r = v->ks ? root_build(&o, &summary, err)
		      : err_set(err, ERR_USAGE, "xenith root build: wants --ks URL");

	fputs(buf_str(&summary), stdout);
	argv_clear(&v->hooks);
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
