#include "base/util.h"
#include "cli/cli.h"
#include "cli/ks_read.h"
#include "multipath/parse.h"

struct values {
	bool json;
};

static const struct opt opts[] = {
	{ "--json", 0, OPT_FLAG, offsetof(struct values, json), NULL, "print data instead of text" },
	{ 0 },
};

static int run(void *arg, struct argv *args, struct err *err)
{
	const struct values *v = arg;
	const char *file = args->n ? args->v[0] : "-";
	struct mpath_maps maps = { 0 };
	auto_buf text = { 0 }, b = { 0 };
	int r = ks_read_text(file, &text, err);

	if (!r)
		r = mpath_parse(file, buf_str(&text), text.len, &maps, err);
	if (r)
		return r;
	(v->json ? mpath_maps_json : mpath_maps_print)(&maps, &b);
	fputs(buf_str(&b), stdout);
	mpath_maps_clear(&maps);
	return 0;
}

const struct command cmd_multipath_parse = {
	.name = "multipath parse",
	.args = "[FILE|-]",
	.summary = "Read what multipath -ll printed, in any version's form, and judge it",
	.opts = opts,
	.values_size = sizeof(struct values),
	.max_args = 1,
	.run = run,
};
