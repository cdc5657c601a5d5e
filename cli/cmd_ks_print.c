#include "base/file.h"
#include "base/json.h"
#include "base/util.h"
#include "cli/cli.h"
#include "cli/ks_read.h"
#include "kickstart/json.h"

struct values {
	const char *version;
	bool mask, json;
};

static const struct opt opts[] = {
	{ "--version", 0, OPT_STR, offsetof(struct values, version), "V",
	  "read it as this version, RHEL9 say" },
	{ "--mask", 0, OPT_FLAG, offsetof(struct values, mask), NULL, "print passwords as ***" },
	{ "--json", 0, OPT_FLAG, offsetof(struct values, json), NULL, "print the file as data" },
	{ 0 },
};

static void print(const struct ks *ks, const struct values *v, struct buf *b)
{
	if (v->json) {
		auto_json *data = ks_json(ks, v->mask);

		json_pretty(data, b);
	} else {
		ks_print(ks, v->mask, b);
	}
}

static int run(void *arg, struct argv *args, struct err *err)
{
	const struct values *v = arg;
	struct ks_parse_opts parse = { .others = true, .include = ks_read_include };
	struct ks_diags diags = { 0 };
	auto_buf text = { 0 }, out = { 0 };
	struct ks ks = { 0 };
	int r = ks_read_version(v->version, &parse.version, err);

	if (!r)
		r = ks_read_text(args->v[0], &text, err);
	if (!r)
		r = ks_parse(args->v[0], buf_str(&text), text.len, &parse, &ks, &diags, err);
	if (!r) {
		ks_diags_print(&diags, &out);
		fputs(buf_str(&out), stderr);
		out.len = 0;
		print(&ks, v, &out);
		fwrite(buf_str(&out), 1, out.len, stdout);
	}
	ks_clear(&ks);
	ks_diags_clear(&diags);
	return r;
}

const struct command cmd_ks_print = {
	.name = "ks print",
	.args = "FILE|-",
	.summary = "Print a kickstart file in its canonical form",
	.opts = opts,
	.values_size = sizeof(struct values),
	.min_args = 1,
	.max_args = 1,
	.run = run,
};

/* The printer reads what %include names in any case: this is the name under which administrators look for it.
 */
const struct command cmd_ks_flatten = {
	.name = "ks flatten",
	.args = "FILE|-",
	.summary = "Print one kickstart file of a file and all that it includes",
	.opts = opts,
	.values_size = sizeof(struct values),
	.min_args = 1,
	.max_args = 1,
	.run = run,
};
