#include "base/file.h"
#include "base/util.h"
#include "cli/cli.h"
#include "cli/ks_read.h"
#include "kickstart/excerpt.h"
#include "kickstart/names.h"

struct values {
	const char *version;
	bool json, strict, host, caret;
};

static const struct opt opts[] = {
	{ "--version", 0, OPT_STR, offsetof(struct values, version), "V",
	  "read it as this version, RHEL9 say" },
	{ "--strict", 0, OPT_FLAG, offsetof(struct values, strict), NULL, "take warnings for errors" },
	{ "--host", 0, OPT_FLAG, offsetof(struct values, host), NULL,
	  "also check what a Xen host's install needs" },
	{ "--caret", 0, OPT_FLAG, offsetof(struct values, caret), NULL, "show the line, and mark the word" },
	{ "--json", 0, OPT_FLAG, offsetof(struct values, json), NULL, "print data instead of text" },
	{ 0 },
};

/* What is checked by, and what was: the errors so far, and whether they are all files that could not be
 * fetched. */
struct result {
	struct ks_names names; /* what this system knows */
	size_t errors;
	bool only_fetch;
};

/* Check one file, whose bytes go to text; its diagnostics are added to diags. */
static int check_file(const char *file, const struct values *v, enum ks_version version, struct buf *text,
		      struct ks_diags *diags, struct result *result, struct err *err)
{
	struct ks_parse_opts parse = {
		.version = version, .strict = v->strict, .others = !v->host, .include = ks_read_include
	};
	struct ks ks = { 0 };
	int r = ks_read_text(file, text, err), parsed;
	size_t errors;

	if (r)
		return r;
	parsed = ks_parse(file, buf_str(text), text->len, &parse, &ks, diags, err);
	errors = ks_diags_errors(diags);
	if (v->host)
		ks_check_install(&ks, diags);
	else
		ks_check_lint(&ks, v->strict ? KS_ERROR : KS_WARNING, diags);
	ks_check_names(&ks, &result->names, v->strict || v->host ? KS_ERROR : KS_WARNING, diags);
	result->errors += ks_diags_errors(diags);
	if (ks_diags_errors(diags) > errors || (parsed && parsed != -ERR_FETCH))
		result->only_fetch = false;
	ks_clear(&ks);
	return 0;
}

/* The lines of the file itself are in whole; included ones are read again, and show no line if they can't be.
 */
static void print_text(struct ks_diags *diags, bool caret, const char *name, const struct buf *whole,
		       struct buf *b)
{
	const char *file = name;
	auto_buf included = { 0 };
	const struct buf *text = whole;

	for (size_t i = 0; i < diags->n; i++) {
		const struct ks_diags one = { .v = &diags->v[i], .n = 1 };

		ks_diags_print(&one, b);
		if (!caret)
			continue;
		if (strcmp(file, diags->v[i].file) != 0) {
			file = diags->v[i].file;
			text = strcmp(file, name) == 0 ? whole : &included;
			included.len = 0;
			if (text == &included && file_read_max(file, KS_SIZE_MAX, &included, NULL))
				included.len = 0;
		}
		ks_diag_excerpt(&diags->v[i], buf_str(text), text->len, b);
	}
}

/* Each file is said and forgotten before the next is read: memory doesn't grow with their number. */
static int check_and_say(const char *file, const struct values *v, enum ks_version version, json_t *all,
			 struct result *result, struct err *err)
{
	struct ks_diags diags = { 0 };
	auto_buf whole = { 0 }, text = { 0 };
	int r = check_file(file, v, version, &whole, &diags, result, err);

	if (v->json)
		ks_diags_add_json(&diags, all);
	else
		print_text(&diags, v->caret || isatty(STDERR_FILENO), file, &whole, &text);
	fputs(buf_str(&text), stderr);
	ks_diags_clear(&diags);
	return r;
}

static int run(void *arg, struct argv *args, struct err *err)
{
	const struct values *v = arg;
	auto_json *all = json_array();
	enum ks_version version;
	struct result result = { .only_fetch = true };
	int r = ks_read_version(v->version, &version, err);

	ks_names_read(&result.names);
	for (size_t i = 0; !r && i < args->n; i++)
		r = check_and_say(args->v[i], v, version, all, &result, err);
	if (!r && v->json) {
		auto_buf text = { 0 };

		json_pretty(all, &text);
		fputs(buf_str(&text), stdout);
	}
	if (!r && result.errors)
		r = err_set(err, result.only_fetch ? ERR_FETCH : ERR_INPUT, "%zu error%s", result.errors,
			    result.errors == 1 ? "" : "s");
	ks_names_clear(&result.names);
	return r;
}

const struct command cmd_ks_check = {
	.name = "ks check",
	.args = "FILE|- ...",
	.summary = "Check kickstart files: every error in one pass",
	.opts = opts,
	.values_size = sizeof(struct values),
	.min_args = 1,
	.max_args = SIZE_MAX,
	.run = run,
};
