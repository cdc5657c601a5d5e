#include "cli/render.h"

#include "base/file.h"
#include "base/util.h"
#include "cli/ks_read.h"

static json_t *read_value(const char *name, const char *value, bool file, struct err *err)
{
	auto_buf b = { 0 };
	json_t *v;

	if (!file) {
		buf_adds(&b, value);
	} else {
		if (ks_read_text(value, &b, err))
			return NULL;
		if (b.len && b.data[b.len - 1] == '\n')
			b.len--;
	}
	v = json_stringn(buf_str(&b), b.len);
	if (!v)
		err_set(err, ERR_USAGE, "the value of %s is not UTF-8", name);
	return v;
}

int render_read_set(const struct argv *words, bool files, json_t *ret, struct err *err)
{
	for (size_t i = 0; i < words->n; i++) {
		const char *eq = strchr(words->v[i], '=');
		auto_free char *name = eq ? xstrndup(words->v[i], (size_t)(eq - words->v[i])) : NULL;
		json_t *v;

		/* The word itself may be a secret without its name. */
		if (!name)
			return err_set(err, ERR_USAGE, "--set%s wants NAME=%s", files ? "-file" : "",
				       files ? "FILE" : "VALUE");
		if (!tmpl_name_ok(name))
			return err_set(err, ERR_USAGE, "\"%s\" is no name (letters, digits, _ and -)", name);
		if (json_object_get(ret, name))
			return err_set(err, ERR_USAGE, "%s is set twice", name);
		v = read_value(name, eq + 1, files, err);
		if (!v)
			return -(int)err->code;
		json_object_set_new(ret, name, v);
	}
	return 0;
}

/* The version that a "#version=" line of the template names. */
static enum ks_version version_said(const char *text)
{
	static const char word[] = "#version=";
	const char *s = str_starts(text, word) ? text : strstr(text, "\n#version=");
	auto_free char *name = NULL;

	if (!s)
		return KS_VERSION_NONE;
	s = strchr(s, '=') + 1;
	name = xstrndup(s, strcspn(s, " \t\r\n"));
	return ks_version_find(name);
}

/*
 * yescrypt is the default from Fedora 35 and RHEL 10; RHEL 9's FIPS mode, and what is older, want sha512,
 * which all understand: so it is that too where no version is said.
 */
static enum tmpl_hash_method method_of(enum ks_version version)
{
	return version == KS_RHEL10 || (version >= KS_F35 && version <= KS_F45) ? TMPL_HASH_YESCRYPT
										: TMPL_HASH_SHA512;
}

void render_hash(struct render_job *job, const struct argv *names, struct tmpl_at at, json_t *values,
		 bool *found)
{
	for (size_t i = 0; i < names->n; i++) {
		const char *plain = json_string_value(json_object_get(values, names->v[i]));
		auto_buf hash = { 0 };
		struct err err = { 0 };

		if (!plain)
			continue;
		found[i] = true;
		if (tmpl_hash(&job->hasher, plain, &hash, &err))
			tmpl_error(&job->errors, at, names->v[i], "%s", err.msg);
		else
			json_object_set_new(values, names->v[i], json_string(buf_str(&hash)));
	}
}

int render_open(struct render_job *job, const char *file, struct err *err)
{
	auto_buf text = { 0 };
	int r = ks_read_text(file, &text, err);

	if (r)
		return r;
	job->in.hash = tmpl_hash;
	job->in.hash_arg = &job->hasher;
	job->hasher.method =
		method_of(job->parse.version ? job->parse.version : version_said(buf_str(&text)));
	return tmpl_parse(file, buf_str(&text), text.len, &job->t, &job->errors);
}

int render_check_set(const struct render_job *job, const json_t *set, struct err *err)
{
	const char *name;
	json_t *v;

	json_object_foreach ((json_t *)(uintptr_t)set, name, v) {
		const char *near;

		if (tmpl_uses(job->t, name))
			continue;
		near = tmpl_nearest(job->t, name);
		return err_set(err, ERR_USAGE, "the template has no name %s%s%s%s", name,
			       near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
	}
	return 0;
}

/* Add what ks_parse said about the rendered text, at the lines of the template that it came from. */
static void add_diags(struct render_job *job, const char *name, const struct ks_diags *diags)
{
	struct tmpl_errors warnings = { .text = job->warnings, .context = job->errors.context };

	for (size_t i = 0; i < diags->n; i++) {
		const struct ks_diag *d = &diags->v[i];
		struct tmpl_at at = { d->file, d->line };

		if (d->line && d->line <= job->map.n && strcmp(d->file, name) == 0)
			at = job->map.v[d->line - 1];
		if (d->severity == KS_ERROR)
			tmpl_error(&job->errors, at, d->word, "%s", d->reason);
		else
			tmpl_error(&warnings, at, d->word, "warning: %s", d->reason);
	}
	job->warnings = warnings.text;
}

int render_one(struct render_job *job, const char *name, struct buf *ret)
{
	struct ks_diags diags = { 0 };
	size_t start = ret->len, before = job->errors.n;
	struct ks ks = { 0 };
	int r = tmpl_render(job->t, &job->in, ret, &job->map, &job->errors);

	if (r)
		return r;
	ks_parse(name, buf_str(ret) + start, ret->len - start, &job->parse, &ks, &diags, NULL);
	ks_check_lint(&ks, job->parse.strict ? KS_ERROR : KS_WARNING, &diags);
	add_diags(job, name, &diags);
	ks_clear(&ks);
	ks_diags_clear(&diags);
	return job->errors.n > before ? -ERR_INPUT : 0;
}

void render_close(struct render_job *job)
{
	tmpl_free(job->t);
	tmpl_hasher_clear(&job->hasher);
	tmpl_map_clear(&job->map);
	tmpl_errors_clear(&job->errors);
	buf_clear(&job->warnings);
}
