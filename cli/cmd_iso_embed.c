#include <fcntl.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/util.h"
#include "cli/cli.h"
#include "iso-build/embed.h"
#include "iso-build/from_ks.h"
#include "iso-build/grub_words.h"

struct values {
	const char *ks, *ks_url, *append, *output;
	bool clear;
};

#define OPT(name) offsetof(struct values, name)

static const struct opt opts[] = {
	{ "--ks", 0, OPT_STR, OPT(ks), "FILE", "the kickstart file to put in" },
	{ "--ks-url", 0, OPT_STR, OPT(ks_url), "URL", "where the installer fetches its kickstart file" },
	{ "--append", 0, OPT_STR, OPT(append), "ARGS", "words for the installer, as on the kernel's line" },
	{ "--clear", 0, OPT_FLAG, OPT(clear), NULL, "take out what was put in" },
	{ "--output", 'o', OPT_STR, OPT(output), "FILE", "write a copy, and leave ISO as it is" },
	{ 0 },
};

static int check(const struct values *v, struct err *err)
{
	bool any = v->ks || v->ks_url || v->append;

	if (any && v->clear)
		return err_set(err, ERR_USAGE, "iso embed: --clear goes alone");
	if (!any && !v->clear)
		return err_set(err, ERR_USAGE,
			       "iso embed: --ks FILE, --ks-url URL or --append ARGS is missing (or --clear)");
	if (v->ks && v->ks_url)
		return err_set(err, ERR_USAGE, "iso embed: --ks and --ks-url exclude each other");
	return grub_check_words("iso embed: --append", v->append, err);
}

static int copy(const char *from, const char *to, struct err *err)
{
	auto_close int in = open(from, O_RDONLY | O_CLOEXEC);
	auto_close int out = -1;
	ssize_t n;

	if (in < 0)
		return err_sys(err, "cannot open %s", from);
	out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (out < 0)
		return err_sys(err, "cannot create %s", to);
	while ((n = copy_file_range(in, NULL, out, NULL, 1 << 30, 0)) > 0)
		;
	return n < 0 ? err_sys(err, "cannot copy %s to %s", from, to) : 0;
}

static int run(void *arg, struct argv *args, struct err *err)
{
	const struct values *v = arg;
	const char *iso = v->output ? v->output : args->v[0];
	auto_free char *words = NULL;
	auto_buf ks = { 0 };
	auto_buf area = { 0 };
	bool copied = false;
	int r = check(v, err);

	if (v->ks_url || v->append)
		words = xasprintf("%s%s %s", v->ks_url ? "ks=" : "", v->ks_url ? v->ks_url : "",
				  v->append ? v->append : "");
	if (!r && v->ks)
		r = iso_check_ks(v->ks, NULL, err);
	if (!r && v->ks)
		r = file_read(v->ks, &ks, err);
	if (!r)
		r = embed_make(v->ks ? &ks : NULL, words, &area, err);
	if (!r && v->output) {
		r = copy(args->v[0], iso, err);
		copied = !r;
	}
	/* A kickstart file holds passwords. */
	if (!r && v->ks && chmod(iso, 0600))
		r = err_sys(err, "cannot protect %s", iso);
	if (!r)
		r = embed_write(iso, &area, err);
	if (r && copied)
		unlink(iso);
	return r;
}

const struct command cmd_iso_embed = {
	.name = "iso embed",
	.args = "ISO",
	.summary = "Put a host's kickstart file into a boot medium, in place",
	.opts = opts,
	.values_size = sizeof(struct values),
	.min_args = 1,
	.max_args = 1,
	.run = run,
};
