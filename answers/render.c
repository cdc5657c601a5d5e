#include "answers/render.h"

#include "base/util.h"

/* The version that the last "#version=" line of a text names. */
static enum ks_version version_said(const struct buf *text)
{
	static const char word[] = "#version=";
	const char *s = text->len ? buf_str(text) : "", *found = NULL;
	auto_free char *name = NULL;

	while ((s = strstr(s, word))) {
		if (s == buf_str(text) || s[-1] == '\n')
			found = s;
		s += strlen(word);
	}
	if (!found)
		return KS_VERSION_NONE;
	found += strlen(word);
	name = xstrndup(found, strcspn(found, " \t\r\n"));
	return ks_version_find(name);
}

/*
 * yescrypt is the default from Fedora 35 and RHEL 10; RHEL 9's FIPS mode, and what is older, want sha512,
 * which all understand from Fedora 8 and RHEL 5.2 (glibc 2.7) on: so it is that too where no version is said.
 */
static enum tmpl_hash_method method_of(enum ks_version version)
{
	if (version >= KS_RHEL10 || (version >= KS_F35 && version <= KS_F45))
		return TMPL_HASH_YESCRYPT;
	if ((version >= KS_FC3 && version <= KS_F7) || version == KS_RHEL3 || version == KS_RHEL4)
		return TMPL_HASH_MD5;
	return TMPL_HASH_SHA512;
}

static int hash(void *arg, const char *plain, struct buf *ret, struct err *err)
{
	struct render_job *job = arg;
	const char *crypt = tmpl_head(job->t)->crypt;
	enum ks_version version = job->parse.version;

	if (crypt)
		return tmpl_hash(&job->hasher, tmpl_hash_find(crypt), plain, ret, err);
	return tmpl_hash(&job->hasher, method_of(version ? version : version_said(&job->out.text)), plain,
			 ret, err);
}

static void unknown_dialect(struct render_job *job, struct tmpl_at at, const char *name)
{
	const char *near = dialect_nearest(name);

	tmpl_error(&job->errors, at, name, "is no dialect%s%s%s", near ? "; did you mean " : "",
		   near ? near : "", near ? "?" : "");
}

int render_open(struct render_job *job, const char *file, const char *text, size_t len, char *const *dirs)
{
	const struct tmpl_head *head;
	int r = tmpl_parse(file, text, len, dirs, &job->t, &job->errors);

	if (r)
		return r;
	head = tmpl_head(job->t);
	if (!dialect_find(head->dialect))
		unknown_dialect(job, head->dialect_at, head->dialect);
	if (head->crypt && !tmpl_hash_find(head->crypt))
		tmpl_error(&job->errors, head->crypt_at, head->crypt, "is none of yescrypt, sha512 and md5");
	job->in.hash = hash;
	job->in.hash_arg = job;
	return job->errors.n ? -ERR_INPUT : 0;
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

static void check_file(struct render_job *job, const char *name, bool ext, const struct tmpl_file *file)
{
	const struct dialect *d = dialect_find(file->dialect);
	auto_free char *path = file->name ? xasprintf("%s/%s", name, file->name)
			       : ext && d ? xasprintf("%s.%s", name, d->ext)
					  : xstrdup(name);
	struct dialect_check check = {
		.name = path,
		.text = buf_str(&job->out.text) + file->start,
		.len = file->len,
		.parse = &job->parse,
		.map = job->out.map.n ? job->out.map.v + file->first_line : NULL,
		.n_map = job->out.map.n - file->first_line,
		.errors = &job->errors,
		.warnings = &job->warnings,
	};

	if (d)
		d->check(&check);
	else
		unknown_dialect(job, file->at, file->dialect);
}

int render_one(struct render_job *job, const char *name, bool ext, const char *context)
{
	size_t before = job->errors.n;
	int r;

	job->errors.context = job->warnings.context = context;
	r = tmpl_render(job->t, &job->in, &job->out, &job->errors);
	for (size_t i = 0; !r && i < job->out.n; i++)
		check_file(job, name, ext, &job->out.files[i]);
	job->errors.context = job->warnings.context = NULL;
	return job->errors.n > before ? -ERR_INPUT : 0;
}

void render_close(struct render_job *job)
{
	tmpl_free(job->t);
	tmpl_hasher_clear(&job->hasher);
	tmpl_out_clear(&job->out);
	tmpl_errors_clear(&job->errors);
	tmpl_errors_clear(&job->warnings);
}
