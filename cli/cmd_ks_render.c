#include "answers/hosts.h"
#include "base/file.h"
#include "base/util.h"
#include "cli/cli.h"
#include "cli/ks_read.h"
#include "cli/render_set.h"
#include "cli/templates.h"

struct values {
	struct argv set, set_file, hash;
	const char *version, *output, *hosts, *name;
	bool strict, list;
};

static const struct opt opts[] = {
	RENDER_SET_OPTS(struct values),
	{ "--hosts", 0, OPT_STR, offsetof(struct values, hosts), "FILE",
	  "a file for each host of a table, CSV, JSON or TOML" },
	{ "--name", 0, OPT_STR, offsetof(struct values, name), "COLUMN",
	  "the column that names the files; else name" },
	{ "--output", 'o', OPT_STR, offsetof(struct values, output), "FILE|DIR",
	  "where to write (mode 0600) instead of standard output; with --hosts a folder" },
	{ "--version", 0, OPT_STR, offsetof(struct values, version), "V",
	  "check what is rendered as this version, RHEL9 say" },
	{ "--list", 0, OPT_FLAG, offsetof(struct values, list), NULL, "show the ready templates" },
	{ "--strict", 0, OPT_FLAG, offsetof(struct values, strict), NULL, "take warnings for errors" },
	{ 0 },
};

/* A name of --hash has its value by --set or in the table. */
static int read_hash(const struct values *v, const json_t *set, const struct tmpl_table *table, json_t *ret,
		     struct err *err)
{
	const json_t **objects = xcalloc(table->n + 1, sizeof(*objects));
	int r;

	objects[0] = set;
	for (size_t k = 0; k < table->n; k++)
		objects[k + 1] = table->v[k].values;
	r = render_read_hash(&v->hash, objects, table->n + 1, ret, err);
	free(objects);
	return r;
}

/* Render, check, write one file, or those that the template makes into a folder. */
static int render_single(const struct values *v, struct render_job *job, struct err *err)
{
	struct write_files files = { 0 };
	const struct tmpl_file *f;
	int r = render_one(job, v->output ? v->output : "-", false, NULL);

	if (r)
		return r;
	f = &job->out.files[0];
	if (!v->output) {
		fwrite(buf_str(&job->out.text) + f->start, 1, f->len, stdout);
		for (size_t i = 1; i < job->out.n; i++)
			fprintf(stderr,
				"xenith: %s is not printed: with -o DIR all files are written there\n",
				job->out.files[i].name);
	} else if (!f->name) {
		return file_write(v->output, buf_str(&job->out.text), job->out.text.len, 0600, err);
	} else {
		for (size_t i = 0; i < job->out.n; i++, f++)
			write_files_add(&files, xstrdup(f->name), buf_str(&job->out.text) + f->start, f->len);
		r = write_files(&files, v->output, err);
		write_files_clear(&files);
	}
	return r;
}

static int render_table(const struct values *v, struct render_job *job, const struct tmpl_table *table,
			struct err *err)
{
	struct write_files files = { 0 };
	int r = render_hosts(job, v->hosts, table, v->name ? v->name : "name", v->output, &files);

	if (!r)
		r = write_files(&files, v->output, err);
	write_files_clear(&files);
	return r;
}

static int read_table(const struct values *v, struct tmpl_table *table, struct tmpl_errors *errors,
		      struct err *err)
{
	auto_buf text = { 0 };
	int r;

	if (!v->hosts)
		return 0;
	if (!v->output)
		return err_set(err, ERR_USAGE, "--hosts wants a folder: -o DIR");
	r = ks_read_text(v->hosts, &text, err);
	return r ? r : tmpl_table_parse(v->hosts, buf_str(&text), text.len, table, errors);
}

/* The template, by file or by name. */
static int open_template(struct render_job *job, const char *name, struct err *err)
{
	auto_free char *path = NULL;
	auto_argv dirs = { 0 };
	auto_buf text = { 0 };
	int r = template_find(name, &path, err);

	if (!r)
		r = ks_read_text(path, &text, err);
	template_folders(&dirs);
	return r ? r : render_open(job, path, buf_str(&text), text.len, dirs.v);
}

static int render(const struct values *v, const char *template, struct render_job *job, struct err *err)
{
	auto_json *set = json_object(), *hash = json_object();
	struct tmpl_table table = { 0 };
	int r = ks_read_version(v->version, &job->parse.version, err);

	job->in.values[1] = set;
	job->in.hashed = hash;
	if (!r)
		r = render_read_set(&v->set, false, set, err);
	if (!r)
		r = render_read_set(&v->set_file, true, set, err);
	if (!r)
		r = open_template(job, template, err);
	if (!r)
		r = render_check_set(job, set, err);
	if (!r)
		r = read_table(v, &table, &job->errors, err);
	if (!r)
		r = read_hash(v, set, &table, hash, err);
	if (!r)
		r = v->hosts ? render_table(v, job, &table, err) : render_single(v, job, err);
	tmpl_table_clear(&table);
	return r;
}

static int list(const struct argv *args, struct err *err)
{
	auto_buf b = { 0 };

	if (args->n)
		return err_set(err, ERR_USAGE, "--list takes no template");
	template_list(&b);
	fputs(buf_str(&b), stdout);
	return 0;
}

static int run(void *arg, struct argv *args, struct err *err)
{
	const struct values *v = arg;
	struct render_job job = { .parse = {
					  .strict = v->strict, .others = true, .include = ks_read_include } };
	int r;

	if (v->list)
		return list(args, err);
	if (!args->n)
		return err_set(err, ERR_USAGE, "wants a TEMPLATE; --list shows the ready ones");
	r = render(v, args->v[0], &job, err);
	fputs(buf_str(&job.warnings.text), stderr);
	fputs(buf_str(&job.errors.text), stderr);
	if (job.errors.n)
		r = err_set(err, ERR_INPUT, "%zu error%s", job.errors.n, job.errors.n == 1 ? "" : "s");
	render_close(&job);
	return r;
}

const struct command cmd_ks_render = {
	.name = "ks render",
	.args = "[TEMPLATE|-]",
	.summary = "Write answer files (kickstart, preseed, ...) from a template",
	.opts = opts,
	.values_size = sizeof(struct values),
	.min_args = 0,
	.max_args = 1,
	.run = run,
};
