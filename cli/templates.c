#include "cli/templates.h"

#include <dirent.h>

#include "answers/dialect.h"
#include "base/argv.h"
#include "base/file.h"
#include "base/util.h"
#include "guest/template.h"

/* Snippets, which are included, have other endings. */
static const char *const endings[] = { ".ks", ".cfg", ".yaml" };

/* Where ready templates are, the first that has a name wins. */
void template_folders(struct argv *ret)
{
	char exe[4096];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	char *slash;

	argv_addl(ret, "templates", GUEST_TEMPLATE_DIR, NULL);
	if (n <= 0)
		return;
	exe[n] = '\0';
	slash = strrchr(exe, '/');
	if (!slash)
		return;
	*slash = '\0';
	argv_addf(ret, "%s/../share/xenith/templates", exe);
	/* Of a source tree: xenith is in build/. */
	argv_addf(ret, "%s/../templates", exe);
}

static const char *ending_of(const char *file)
{
	for (size_t i = 0; i < ARRAY_SIZE(endings); i++)
		if (str_ends(file, endings[i]))
			return endings[i];
	return NULL;
}

/* The names in a folder, without their endings. */
static void names_in(const char *folder, struct argv *ret)
{
	DIR *d = opendir(folder);
	struct dirent *e;

	while (d && (e = readdir(d))) {
		const char *ending = ending_of(e->d_name);

		if (ending && e->d_name[0] != '.')
			argv_addf(ret, "%.*s", (int)(strlen(e->d_name) - strlen(ending)), e->d_name);
	}
	if (d)
		closedir(d);
	argv_sort_unique(ret);
}

static char *find_in(const char *folder, const char *name)
{
	auto_free char *path = path_join(folder, name);

	if (ending_of(name) && file_exists(path))
		return TAKE(path);
	for (size_t i = 0; i < ARRAY_SIZE(endings); i++) {
		auto_free char *with = xasprintf("%s%s", path, endings[i]);

		if (file_exists(with))
			return TAKE(with);
	}
	return NULL;
}

static int not_found(const char *name, struct err *err)
{
	auto_argv names = { 0 }, where = { 0 };
	const char *near;

	template_folders(&where);
	for (size_t i = 0; i < where.n; i++)
		names_in(where.v[i], &names);
	near = str_nearest(name, (const char *const *)names.v, names.n);
	return err_set(err, ERR_INPUT,
		       "there is no file and no ready template %s%s%s%s; see ks render --list", name,
		       near ? " (did you mean " : "", near ? near : "", near ? "?)" : "");
}

char *template_ready(const char *name)
{
	auto_argv where = { 0 };
	char *found = NULL;

	template_folders(&where);
	for (size_t i = 0; !found && i < where.n; i++)
		found = find_in(where.v[i], name);
	return found;
}

int template_find(const char *name, char **ret, struct err *err)
{
	char *found;

	if (strcmp(name, "-") == 0 || strchr(name, '/') || strchr(name, ':') || file_exists(name)) {
		*ret = xstrdup(name);
		return 0;
	}
	found = template_ready(name);
	if (!found)
		return not_found(name, err);
	*ret = found;
	return 0;
}

static void list_one(const char *path, const char *name, const struct argv *where, struct buf *b)
{
	struct tmpl_errors errors = { 0 };
	const struct tmpl_head *head;
	struct tmpl *t = NULL;
	auto_buf text = { 0 };

	if (file_read(path, &text, NULL) ||
	    tmpl_parse(path, buf_str(&text), text.len, where->v, &t, &errors)) {
		buf_addf(b, "%-16s  %-12s  %s\n", name, "-", "has errors");
	} else {
		head = tmpl_head(t);
		buf_addf(b, "%-16s  %-12s  %s\n", name,
			 head->file_dialect ? head->file_dialect
			 : head->dialect    ? head->dialect
					    : "kickstart",
			 head->about ? head->about : "");
	}
	tmpl_free(t);
	tmpl_errors_clear(&errors);
}

void template_list(struct buf *b)
{
	auto_argv where = { 0 }, names = { 0 };

	template_folders(&where);
	for (size_t i = 0; i < where.n; i++)
		names_in(where.v[i], &names);
	for (size_t i = 0; i < names.n; i++) {
		auto_free char *path = NULL;

		for (size_t k = 0; !path && k < where.n; k++)
			path = find_in(where.v[k], names.v[i]);
		if (path)
			list_one(path, names.v[i], &where, b);
	}
}
