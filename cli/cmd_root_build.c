#include <sys/stat.h>

#include "base/file.h"
#include "base/util.h"
#include "cli/cli.h"
#include "installer/root_build.h"
#include "packages/unshare.h"

struct values {
	const char *ks, *cache, *keyring, *mode;
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
	{ "--mode", 0, OPT_STR, offsetof(struct values, mode), "MODE",
	  "root, unshare (a user namespace), or auto: unshare where this isn't root" },
	{ "--hook", 0, OPT_LIST, offsetof(struct values, hooks), "COMMAND",
	  "run at the end, with the folder as its argument; may be given several times" },
	{ "--dry-run", 0, OPT_FLAG, offsetof(struct values, dry_run), NULL,
	  "only list the packages that would be installed" },
	{ "--timing", 0, OPT_FLAG, offsetof(struct values, timing), NULL, "print what took how long" },
	{ "--json", 0, OPT_FLAG, offsetof(struct values, json), NULL, "print the timing as JSON" },
	{ 0 },
};

/* As mmdebstrap's --mode. 0: go on, here or in a child; 1: a child did it, with *status. */
static int enter_mode(const struct values *v, const char *dir, int *status, struct err *err)
{
	const char *mode = v->mode ? v->mode : "auto";
	bool unshare = str_eq(mode, "unshare") || (str_eq(mode, "auto") && geteuid() && !v->extract);
	int r;

	if (!unshare && !str_eq(mode, "auto") && !str_eq(mode, "root"))
		return err_set(err, ERR_USAGE, "xenith root build: --mode %s: wants root, unshare or auto",
			       mode);
	if (!unshare || v->dry_run)
		return 0;
	r = file_mkdirs(dir, 0755, err);
	if (!r && geteuid() == 0 && chown(dir, UNSHARE_FIRST, UNSHARE_FIRST))
		r = err_sys(err, "cannot give away %s", dir);
	return r ? r : unshare_enter(status, err);
}

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
	int status = 0;
	int r = v->ks ? enter_mode(v, args->v[0], &status, err)
		      : err_set(err, ERR_USAGE, "xenith root build: wants --ks URL");

	if (r > 0)
		exit(status);
	if (!r)
		r = root_build(&o, &summary, err);
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
