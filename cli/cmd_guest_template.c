#include "base/util.h"
#include "cli/cli.h"
#include "cli/guest_one.h"
#include "cli/templates.h"
#include "guest/template.h"

struct values {
	uint64_t level;
	bool delete;
};

static const struct opt opts[] = {
	{ "--level", 0, OPT_U64, offsetof(struct values, level), "N", "of zstd, 1 to 19; else 6" },
	{ "--delete", 0, OPT_FLAG, offsetof(struct values, delete), NULL,
	  "remove a template that was made so, and its image" },
	{ 0 },
};

static int delete (const char *name, struct err *err)
{
	struct door door = { .log = log_new(NULL) };
	int r = guest_template_delete(name, &door, err);

	log_free(door.log);
	if (!r)
		printf("%s: deleted\n", name);
	return r;
}

static int make(const struct values *v, const char *guest, const char *name, struct err *err)
{
	auto_free char *there = template_ready(name);
	struct image_sums sums = { 0 };
	struct guest_one one = { 0 };
	int r = guest_one_open(guest, &one, err);

	if (!r && there)
		r = err_set(err, ERR_GUEST_THERE, "there is a ready template %s already (%s)", name, there);
	if (!r)
		r = guest_template_make(&one.host, one.guest, name, (unsigned)v->level, &sums, &one.door,
					err);
	if (!r)
		printf("%s: made of %s, %.1f MB, %.1f MB unpacked; xenith guest create NAME --from %s makes "
		       "guests of it\n",
		       name, guest, (double)sums.bytes / 1e6, (double)sums.unpacked_bytes / 1e6, name);
	guest_one_close(&one);
	return r;
}

static int run(void *arg, struct argv *args, struct err *err)
{
	const struct values *v = arg;

	if (v->level > 19)
		return err_set(err, ERR_USAGE, "--level %llu: wants 1 to 19", (unsigned long long)v->level);
	if (args->n != (v->delete ? 1 : 2))
		return err_set(err, ERR_USAGE,
			       "wants the NAME of a guest and of its TEMPLATE, or --delete TEMPLATE");
	return v->delete ? delete (args->v[0], err) : make(v, args->v[0], args->v[1], err);
}

const struct command cmd_guest_template = {
	.name = "guest template",
	.args = "[NAME] TEMPLATE",
	.summary = "A ready template of a Debian guest, of which others are made in seconds",
	.opts = opts,
	.values_size = sizeof(struct values),
	.min_args = 1,
	.max_args = 2,
	.run = run,
};
