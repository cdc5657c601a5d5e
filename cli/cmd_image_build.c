#include "base/file.h"
#include "base/util.h"
#include "cli/cli.h"
#include "installer/root_build.h"
#include "packages/image.h"
#include "packages/settle.h"

struct values {
	const char *ks, *root, *cache, *out, *sign;
	uint64_t level;
};

static const struct opt opts[] = {
	{ "--ks", 0, OPT_STR, offsetof(struct values, ks), "URL",
	  "the kickstart file whose packages are wanted" },
	{ "--root", 0, OPT_STR, offsetof(struct values, root), "DIR",
	  "a root file system that is there already, instead of --ks" },
	{ "--cache", 0, OPT_STR, offsetof(struct values, cache), "DIR", "keep fetched files there" },
	{ "--sign", 0, OPT_STR, offsetof(struct values, sign), "KEY", "sign it with this key of gpg(1)" },
	{ "--level", 0, OPT_U64, offsetof(struct values, level), "N", "zstd's level, 1-19 (6)" },
	{ "--output", 'o', OPT_STR, offsetof(struct values, out), "FILE", "the image" },
	{ 0 },
};

/* The root file system stands beside the image while it is composed: that is where there is room for it. */
static int build(const struct values *v, struct log *log, struct image_sums *sums, struct err *err)
{
	auto_free char *work = xasprintf("%s.XXXXXX", v->out);
	auto_free char *root = NULL;
	auto_buf summary = { 0 };
	struct image_build b = { .root = v->root,
				 .out = v->out,
				 .sign_key = v->sign,
				 .level = (unsigned)v->level,
				 .epoch_s = settle_epoch() };
	struct root_build_opts o = { .ks_url = v->ks, .cache_dir = v->cache, .for_image = true };
	int r = 0;

	if (v->root)
		return image_build(&b, log, sums, err);
	if (!mkdtemp(work))
		return err_sys(err, "cannot make the folder %s", work);
	root = path_join(work, "root");
	b.root = root;
	o.dir = root;
	r = root_build(&o, &summary, err);
	if (!r)
		r = image_build(&b, log, sums, err);
	file_remove_tree(work, NULL);
	return r;
}

static int run(void *arg, struct argv *args, struct err *err)
{
	const struct values *v = arg;
	struct image_sums sums;
	struct log *log;
	int r;

	(void)args;
	if (!v->out || !v->ks == !v->root)
		return err_set(err, ERR_USAGE,
			       "xenith image build: wants -o FILE and either --ks URL or --root DIR");
	if (v->level > 19)
		return err_set(err, ERR_USAGE, "xenith image build: --level %llu: wants 1 to 19",
			       (unsigned long long)v->level);
	log = log_new(NULL);
	r = build(v, log, &sums, err);
	log_free(log);
	if (!r)
		printf("%s: %.1f MB, %.1f MB unpacked\nmanifest sha256:%s\nfile sha256:%s\n", v->out,
		       (double)sums.bytes / 1e6, (double)sums.unpacked_bytes / 1e6, sums.manifest, sums.file);
	return r;
}

const struct command cmd_image_build = {
	.name = "image build",
	.args = "",
	.summary = "Compose a root file system in one file that installs at the speed of the network",
	.opts = opts,
	.values_size = sizeof(struct values),
	.run = run,
};
