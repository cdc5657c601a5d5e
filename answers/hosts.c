#include "answers/hosts.h"

#include "base/file.h"
#include "base/util.h"
#include "template/filter.h"

static bool name_can_be_file(const char *name)
{
	return *name && *name != '.' && !strchr(name, '/') && strlen(name) < 200 &&
	       !tmpl_has_control(name, strlen(name)) && !strchr(name, '\t');
}

/* The row's name; NULL after an error. seen holds the names so far. */
static const char *host_name(struct render_job *job, struct tmpl_at at, const struct tmpl_row *row,
			     const char *column, json_t *seen)
{
	const char *name = json_string_value(json_object_get(row->values, column));

	if (!name) {
		tmpl_error(&job->errors, at, column, "a host needs a text there: it names its file");
		return NULL;
	}
	if (!name_can_be_file(name)) {
		tmpl_error(&job->errors, at, column, "\"%.60s\" can't be the name of a file", name);
		return NULL;
	}
	if (json_object_get(seen, name)) {
		tmpl_error(&job->errors, at, name, "names two hosts");
		return NULL;
	}
	json_object_set_new(seen, name, json_true());
	return name;
}

void render_add_files(const struct render_job *job, const char *name, struct write_files *ret)
{
	for (size_t i = 0; i < job->out.n; i++) {
		const struct tmpl_file *f = &job->out.files[i];
		char *path = f->name ? xasprintf("%s/%s", name, f->name)
				     : xasprintf("%s.%s", name, dialect_find(f->dialect)->ext);

		write_files_add(ret, path, buf_str(&job->out.text) + f->start, f->len);
	}
}

/* A column that the template doesn't use may be for another one, or a typing error. */
static void warn_of_columns(struct render_job *job, const char *table_file, const struct tmpl_table *table,
			    const char *column)
{
	auto_json *seen = json_object();

	for (size_t i = 0; i < table->n; i++) {
		struct tmpl_at at = { table_file, table->v[i].line };
		const char *key, *near;
		json_t *v;

		json_object_foreach (table->v[i].values, key, v) {
			if (strcmp(key, column) == 0 || tmpl_uses(job->t, key) || json_object_get(seen, key))
				continue;
			json_object_set_new(seen, key, json_true());
			near = tmpl_nearest(job->t, key);
			if (near)
				tmpl_error(&job->warnings, at, key,
					   "warning: the template has no such name; did you mean %s?", near);
		}
	}
}

int render_hosts(struct render_job *job, const char *table_file, const struct tmpl_table *table,
		 const char *column, const char *dir, struct write_files *ret)
{
	auto_json *seen = json_object();

	warn_of_columns(job, table_file, table, column);
	for (size_t i = 0; i < table->n; i++) {
		struct tmpl_at at = { table_file, table->v[i].line };
		const char *name = host_name(job, at, &table->v[i], column, seen);
		auto_free char *path = name ? path_join(dir, name) : NULL;
		auto_buf context = { 0 };

		if (!name)
			continue;
		buf_addf(&context, "%s:%u: %s", at.file, at.line, name);
		if (!at.line) {
			context.len = 0;
			buf_addf(&context, "%s: %s", at.file, name);
		}
		job->in.values[0] = table->v[i].values;
		if (render_one(job, path, true, buf_str(&context)) == 0)
			render_add_files(job, name, ret);
		job->in.values[0] = NULL;
	}
	return job->errors.n ? -ERR_INPUT : 0;
}
