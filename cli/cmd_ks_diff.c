/* ks diff: what a newer version of the language changes, in general or for one file. */
#include "base/json.h"
#include "base/util.h"
#include "cli/cli.h"
#include "cli/ks_read.h"
#include "kickstart/verdiff.h"

struct values {
	const char *from, *to;
	bool json;
};

static const struct opt opts[] = {
	{ "--from", 0, OPT_STR, offsetof(struct values, from), "V", "the older version, RHEL7 say" },
	{ "--to", 0, OPT_STR, offsetof(struct values, to), "V", "the newer one" },
	{ "--json", 0, OPT_FLAG, offsetof(struct values, json), NULL, "print data instead of text" },
	{ 0 },
};

struct report {
	const char *to;
	json_t *json; /* NULL: text */
	struct buf lists[3];
	struct buf options;
	const char *command; /* of the last line of options */
	enum ks_change change;
};

static const char *const words[] = { "removed", "deprecated", "added" };

static void add(void *arg, enum ks_change change, const char *command, const char *option)
{
	static const char *const preps[] = { "removed from", "deprecated from", "added to" };
	struct report *r = arg;

	if (r->json) {
		json_t *o = json_object();

		json_put_str(o, "change", words[change]);
		json_put_str(o, "command", command);
		json_put_str(o, "option", option);
		json_array_append_new(r->json, o);
	} else if (!option) {
		buf_addf(&r->lists[change], "%s%s", r->lists[change].len ? " " : "", command);
	} else if (r->command == command && r->change == change) {
		buf_addf(&r->options, " %s", option);
	} else {
		buf_addf(&r->options, "%sThe following options were %s the %s %s in %s:\n%s",
			 r->command ? "\n\n" : "", preps[change], command,
			 command[0] == '%' ? "section" : "command", r->to, option);
		r->command = command;
		r->change = change;
	}
}

static void diff_versions(enum ks_version from, enum ks_version to, bool json, struct buf *out)
{
	auto_json *all = json ? json_array() : NULL;
	struct report r = { .to = ks_version_name(to), .json = all };

	ks_verdiff(from, to, add, &r);
	if (json)
		json_pretty(all, out);
	for (enum ks_change c = KS_REMOVED; c <= KS_ADDED; c++) {
		if (!json)
			buf_addf(out, "The following commands were %s in %s:\n%s\n\n", words[c], r.to,
				 buf_str(&r.lists[c]));
		buf_clear(&r.lists[c]);
	}
	if (r.options.len)
		buf_addf(out, "%s\n", buf_str(&r.options));
	buf_clear(&r.options);
}

static int parse(const char *file, const struct buf *text, enum ks_version version, struct ks_diags *ret,
		 struct err *err)
{
	struct ks_parse_opts parse_opts = { .version = version, .others = true, .include = ks_read_include };
	struct ks ks = { 0 };
	int r = ks_parse(file, buf_str(text), text->len, &parse_opts, &ks, ret, err);

	ks_clear(&ks);
	return r;
}

static bool has(const struct ks_diags *diags, const struct ks_diag *d)
{
	for (size_t i = 0; i < diags->n; i++) {
		const struct ks_diag *o = &diags->v[i];

		if (o->line == d->line && o->severity == d->severity && strcmp(o->file, d->file) == 0 &&
		    (o->word ? str_eq(o->word, d->word) : !d->word))
			return true;
	}
	return false;
}

/* What the newer version says of the file and the older one doesn't. The file must be good in the older one.
 */
static int diff_file(const char *file, enum ks_version from, enum ks_version to, bool json, struct buf *out,
		     struct err *err)
{
	struct ks_diags old = { 0 }, new = { 0 }, only = { 0 };
	auto_buf text = { 0 };
	int r = ks_read_text(file, &text, err);

	if (!r)
		r = parse(file, &text, from, &old, err);
	if (!r) {
		parse(file, &text, to, &new, NULL);
		for (size_t i = 0; i < new.n; i++)
			if (!has(&old, &new.v[i]))
				ks_diag_add(&only, new.v[i].severity, new.v[i].file, new.v[i].line,
					    new.v[i].word, "%s", new.v[i].reason);
		if (json)
			ks_diags_json(&only, out);
		else
			ks_diags_print(&only, out);
	}
	ks_diags_clear(&old);
	ks_diags_clear(&new);
	ks_diags_clear(&only);
	return r;
}

static int run(void *arg, struct argv *args, struct err *err)
{
	const struct values *v = arg;
	enum ks_version from, to;
	auto_buf out = { 0 };
	int r;

	if (!v->from || !v->to)
		return err_set(err, ERR_USAGE, "ks diff wants --from V and --to V, RHEL7 and RHEL9 say");
	r = ks_read_version(v->from, &from, err);
	if (!r)
		r = ks_read_version(v->to, &to, err);
	if (!r && args->n)
		r = diff_file(args->v[0], from, to, v->json, &out, err);
	else if (!r)
		diff_versions(from, to, v->json, &out);
	if (!r)
		fputs(buf_str(&out), stdout);
	return r;
}

const struct command cmd_ks_diff = {
	.name = "ks diff",
	.args = "[FILE|-]",
	.summary = "Show what another version of the language changes",
	.opts = opts,
	.values_size = sizeof(struct values),
	.max_args = 1,
	.run = run,
};
