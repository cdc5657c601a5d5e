/* The files that a template includes: found beside it, without circles, not endlessly many. */
#include <sys/stat.h>

#include "base/file.h"
#include "base/util.h"
#include "template/parser.h"

#define INCLUDE_COST 4096 /* bytes that an %%include counts as */

/* The path of an included file: beside the file that names it, else in one of the folders. */
static const char *find(struct tmpl_parser *p, const char *from, const char *path)
{
	struct arena *a = &p->t->arena;
	const char *slash = strrchr(from, '/'), *beside;

	if (*path == '/')
		return path;
	beside = slash ? arena_printf(a, "%.*s%s", (int)(slash + 1 - from), from, path) : path;
	for (size_t i = 0; p->dirs && p->dirs[i] && !file_exists(beside); i++) {
		const char *there = arena_printf(a, "%s/%s", p->dirs[i], path);

		if (file_exists(there))
			return there;
	}
	return beside;
}

/* Whether path is being read already; says the way round. */
static bool loops(struct tmpl_parser *p, const struct tmpl_source *src, const char *path)
{
	auto_buf way = { 0 };
	struct stat here, there;
	bool known = stat(path, &here) == 0;

	for (const struct tmpl_source *s = src; s; s = s->parent) {
		bool same = strcmp(s->name, path) == 0 ||
			    (known && stat(s->name, &there) == 0 && here.st_dev == there.st_dev &&
			     here.st_ino == there.st_ino);

		buf_addf(&way, "%s%s", s == src ? "" : " < ", s->name);
		if (!same)
			continue;
		tmpl_error(p->errors, p->at, path, "includes itself (%s < %s)", path, buf_str(&way));
		return true;
	}
	return false;
}

void tmpl_do_include(struct tmpl_parser *p, struct tmpl_source *src, struct tmpl_words w)
{
	struct arena *a = &p->t->arena;
	struct tmpl_at at = p->at;
	const char *path;
	struct tmpl_source inner = { .parent = src, .depth = src->depth + 1, .tail = src->tail };
	auto_buf text = { 0 };
	struct err err = { 0 };
	struct stat st;

	/* Files that include each other without a circle may still be endlessly many. */
	p->bytes += INCLUDE_COST;
	if (p->bytes > TMPL_MAX_BYTES)
		return;
	if (!w.len || memchr(w.s, '$', w.len)) {
		tmpl_error(p->errors, at, "%%include", "wants the name of a file, without ${}");
		return;
	}
	path = inner.name = find(p, src->name, arena_strndup(a, w.s, w.len));
	if (loops(p, src, path))
		return;
	if (inner.depth > TMPL_MAX_DEPTH)
		tmpl_error(p->errors, at, path, "more than %d files within each other", TMPL_MAX_DEPTH);
	else if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		tmpl_error(p->errors, at, path, "is no regular file");
	else if (file_read(path, &text, &err))
		tmpl_error(p->errors, at, NULL, "%s", err.msg);
	else {
		/* What comes next begins a line of its own. */
		if (text.len && text.data[text.len - 1] != '\n')
			buf_addc(&text, '\n');
		tmpl_parse_text(p, &inner, buf_str(&text), text.len);
	}
	src->tail = inner.tail;
	p->at = at;
}
