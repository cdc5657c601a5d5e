#include "base/file.h"
#include "base/util.h"
#include "cli/cli.h"
#include "cli/ks_read.h"
#include "cli/render.h"
#include "cli/render_hosts.h"

struct values {
	struct argv set, set_file, hash;
	const char *version, *output, *hosts, *name;
	bool strict;
};

static const struct opt opts[] = {
	{ "--set", 0, OPT_LIST, offsetof(struct values, set), "NAME=VALUE", "the value of a name" },
	{ "--set-file", 0, OPT_LIST, offsetof(struct values, set_file), "NAME=FILE",
	  "the value is what the file holds, less its last newline" },
	{ "--hash", 0, OPT_LIST, offsetof(struct values, hash), "NAME",
	  "that value is a plain-text password: write its hash" },
	{ "--hosts", 0, OPT_STR, offsetof(struct values, hosts), "FILE",
	  "a file for each host of a table, CSV or JSON" },
	{ "--name", 0, OPT_STR, offsetof(struct values, name), "COLUMN",
	  "the column that names the files; else name" },
	{ "--output", 'o', OPT_STR, offsetof(struct values, output), "FILE|DIR",
	  "where to write (mode 0600) instead of standard output; with --hosts a folder" },
	{ "--version", 0, OPT_STR, offsetof(struct values, version), "V",
	  "check what is rendered as this version, RHEL9 say" },
	{ "--strict", 0, OPT_FLAG, offsetof(struct values, strict), NULL, "take warnings for errors" },
	{ 0 },
};

/* Hash what --hash names, in --set's values and in the table's. */
static int hash(const struct values *v, struct render_job *job, const struct tmpl_table *table,
		struct err *err)
{
	auto_free bool *found = xcalloc(v->hash.n, sizeof(*found));

	render_hash(job, &v->hash, (struct tmpl_at){ "--set", 0 }, job->in.values[1], found);
	for (size_t i = 0; table && i < table->n; i++)
		render_hash(job, &v->hash, (struct tmpl_at){ v->hosts, table->v[i].line }, table->v[i].values,
			    found);
	for (size_t i = 0; i < v->hash.n; i++)
		if (!found[i])
			return err_set(err, ERR_USAGE, "--hash %s: that name has no value", v->hash.v[i]);
	return job->errors.n ? -ERR_INPUT : 0;
}

/* Render, check, write. */
static int render(const struct values *v, struct render_job *job, struct err *err)
{
	auto_buf text = { 0 };
	int r = hash(v, job, NULL, err);

	if (!r)
		r = render_one(job, v->output ? v->output : "-", &text);

	if (r)
		return r;
	if (v->output)
		return file_write(v->output, buf_str(&text), text.len, 0600, err);
	fwrite(buf_str(&text), 1, text.len, stdout);
	return 0;
}

static int render_table(const struct values *v, struct render_job *job, struct err *err)
{
	struct tmpl_table table = { 0 };
	auto_buf text = { 0 };
	int r;

	if (!v->output)
		return err_set(err, ERR_USAGE, "--hosts wants a folder: -o DIR");
	r = ks_read_text(v->hosts, &text, err);
	if (!r)
		r = tmpl_table_parse(v->hosts, buf_str(&text), text.len, &table, &job->errors);
	if (!r)
		r = hash(v, job, &table, err);
	if (!r)
		r = render_hosts(job, v->hosts, &table, v->name ? v->name : "name", v->output, err);
	tmpl_table_clear(&table);
	return r;
}

static int run(void *arg, struct argv *args, struct err *err)
{
	const struct values *v = arg;
	struct render_job job = { .parse = { .strict = v->strict, .include = ks_read_include } };
	auto_json *set = json_object();
	int r = ks_read_version(v->version, &job.parse.version, err);

	if (!r)
		r = render_read_set(&v->set, false, set, err);
	if (!r)
		r = render_read_set(&v->set_file, true, set, err);
	job.in.values[1] = set;
	if (!r)
		r = render_open(&job, args->v[0], err);
	if (!r)
		r = render_check_set(&job, set, err);
	if (!r)
		r = v->hosts ? render_table(v, &job, err) : render(v, &job, err);
	fputs(buf_str(&job.warnings), stderr);
	fputs(buf_str(&job.errors.text), stderr);
	if (job.errors.n)
		r = err_set(err, ERR_INPUT, "%zu error%s", job.errors.n, job.errors.n == 1 ? "" : "s");
	render_close(&job);
	return r;
}

const struct command cmd_ks_render = {
	.name = "ks render",
	.args = "TEMPLATE|-",
	.summary = "Write kickstart files from a template",
	.opts = opts,
	.values_size = sizeof(struct values),
	.min_args = 1,
	.max_args = 1,
	.run = run,
};
