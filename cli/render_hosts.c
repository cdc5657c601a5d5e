#include "cli/render_hosts.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/util.h"

#define TEMPORARY ".xenith-new"

struct host_file {
	const char *name; /* of the host: in the row */
	char *path;
	size_t start, len; /* in the text of all */
};

struct files {
	struct host_file *v;
	size_t n;
	struct buf text;
};

static bool name_can_be_file(const char *name)
{
	return *name && *name != '.' && !strchr(name, '/') && strlen(name) < 200 &&
	       !strpbrk(name, "\n\r\t\x1b");
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

static void render_row(struct render_job *job, struct tmpl_at at, const struct tmpl_row *row, const char *dir,
		       struct host_file *file, struct buf *text)
{
	auto_free char *context = at.line ? xasprintf("%s:%u: %s", at.file, at.line, file->name)
					  : xasprintf("%s: %s", at.file, file->name);
	auto_free char *leaf = xasprintf("%s.ks", file->name);

	file->path = path_join(dir, leaf);
	job->in.values[0] = row->values;
	job->errors.context = context;
	file->start = text->len;
	render_one(job, file->path, text);
	file->len = text->len - file->start;
	job->errors.context = NULL;
	job->in.values[0] = NULL;
}

static int write_new(const char *path, const char *data, size_t len, struct err *err)
{
	auto_free char *tmp = xasprintf("%s" TEMPORARY, path);
	auto_close int fd = -1;

	/* What an interrupted run left there. */
	unlink(tmp);
	fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0 || fchmod(fd, 0600))
		return err_sys(err, "cannot create %s", tmp);
	while (len) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return err_sys(err, "cannot write %s", tmp);
		data += n;
		len -= (size_t)n;
	}
	return 0;
}

static int write_all(const struct files *files, const char *dir, struct err *err)
{
	auto_close int fd = -1;
	int r = file_mkdirs(dir, 0700, err);

	if (r)
		return r;
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return err_sys(err, "cannot open %s", dir);
	for (size_t i = 0; !r && i < files->n; i++)
		r = write_new(files->v[i].path, files->text.data + files->v[i].start, files->v[i].len, err);
	/* One for all: an fsync a file would take longer than all the rest. */
	if (!r && syncfs(fd))
		r = err_sys(err, "cannot write %s", dir);
	for (size_t i = 0; i < files->n; i++) {
		auto_free char *tmp = xasprintf("%s" TEMPORARY, files->v[i].path);

		if (r)
			unlink(tmp);
		else if (rename(tmp, files->v[i].path))
			r = err_sys(err, "cannot write %s", files->v[i].path);
	}
	return r;
}

int render_hosts(struct render_job *job, const char *table_file, const struct tmpl_table *table,
		 const char *column, const char *dir, struct err *err)
{
	struct files files = { .v = xcalloc(table->n, sizeof(*files.v)), .n = table->n };
	auto_json *seen = json_object();
	int r = 0;

	for (size_t i = 0; i < table->n; i++) {
		struct tmpl_at at = { table_file, table->v[i].line };

		files.v[i].name = host_name(job, at, &table->v[i], column, seen);
		if (files.v[i].name)
			render_row(job, at, &table->v[i], dir, &files.v[i], &files.text);
	}
	r = job->errors.n ? -ERR_INPUT : write_all(&files, dir, err);
	for (size_t i = 0; i < files.n; i++)
		free(files.v[i].path);
	free(files.v);
	buf_clear(&files.text);
	return r;
}
