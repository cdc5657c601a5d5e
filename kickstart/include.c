/* %include and %ksappend: which file is meant, whether it may be read, and its lines in their place. */
#include "base/file.h"
#include "base/util.h"
#include "kickstart/parser.h"

#define INCLUDE_DEPTH_MAX 32
#define INCLUDE_COUNT_MAX 4096

const struct ks_source *ks_source_file(const struct ks_source *src)
{
	while (src->spliced)
		src = src->parent;
	return src;
}

const char *ks_source_shown(const char *name, struct arena *arena)
{
	static const struct ks_opt url = { .name = "url", .type = KS_STRING, .flags = KS_SECRET_URL };
	size_t len;
	const char *secret = ks_secret_part(&url, name, &len);

	if (!secret)
		return arena_strdup(arena, name);
	return arena_printf(arena, "%.*s***%s", (int)(secret - name), name, secret + len);
}

/* http:, nfs: and the like; a drive letter or a file name with a colon behind a slash is none. */
static bool is_url(const char *name)
{
	size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz");

	return n > 1 && name[n] == ':';
}

/*
 * The name to read: as given if it is a URL, an absolute path or a file that is there, else beside from. The
 * part of an nfs: URL behind the "?" says how to mount, so it stays; that of an http: URL is the file's own.
 */
static char *resolve(const char *path, const char *from)
{
	size_t dir_len, end = is_url(from) ? strcspn(from, "?#") : strlen(from);

	if (is_url(path) || path[0] == '/' || (!is_url(from) && file_exists(path)))
		return xstrdup(path);
	for (dir_len = end; dir_len && from[dir_len - 1] != '/';)
		dir_len--;
	if (str_starts(path, "./"))
		path += 2;
	return xasprintf("%.*s%s%s", (int)dir_len, from, path, str_starts(from, "nfs:") ? from + end : "");
}

/* A file that a %pre script of the outermost file writes is not there while the file is only checked. */
static bool made_by_pre(const struct ks_parser *p, const char *path)
{
	size_t pos = 0, len, path_len = strlen(path);
	bool in_pre = false;

	if (!memmem(p->text, p->text_len, path, path_len))
		return false;
	while (pos < p->text_len) {
		size_t next = ks_lex_next(p->text, p->text_len, pos, &len);
		const char *s = p->text + pos;

		if (len >= 4 && strncmp(s, "%pre", 4) == 0)
			in_pre = true;
		else if (len >= 4 && strncmp(s, "%end", 4) == 0)
			in_pre = false;
		else if (in_pre && memmem(s, len, path, path_len))
			return true;
		pos = next;
	}
	return false;
}

/* The files from the one that is named again down to src, and that one once more: "a -> b -> a". */
static void print_chain(const struct ks_source *src, const struct ks_source *from, struct arena *arena,
			struct buf *b)
{
	if (src != from)
		print_chain(src->parent, from, arena, b);
	buf_addf(b, "%s -> ", ks_source_shown(src->name, arena));
}

/* False, after an error, if name is being read already, or if too many files are. */
static bool may_read(struct ks_parser *p, const struct ks_source *src, const char *word, const char *name)
{
	const char *shown = ks_source_shown(name, &p->ks->arena);

	for (const struct ks_source *s = src; s; s = s->parent)
		if (strcmp(s->name, name) == 0) {
			auto_buf chain = { 0 };

			print_chain(src, s, &p->ks->arena, &chain);
			ks_parser_error(p, word, "%s includes itself: %s%s", shown, buf_str(&chain), shown);
			return false;
		}
	if (src->depth >= INCLUDE_DEPTH_MAX)
		ks_parser_error(p, word, "%s is %u files deep; at most %d may include one another", shown,
				src->depth + 1, INCLUDE_DEPTH_MAX);
	else if (p->n_includes >= INCLUDE_COUNT_MAX)
		ks_parser_error(p, word, "%s is file %u of this one; at most %d are read", shown,
				p->n_includes + 1, INCLUDE_COUNT_MAX);
	else
		return true;
	return false;
}

/* Keep the line of a file that is still to be written, for the canonical text. */
static void leave_out(struct ks_parser *p, const char *word, const char *path)
{
	auto_buf quoted = { 0 };

	ks_diag_add(p->diags, KS_WARNING, p->line.file, p->line.number, word,
		    "%s is not there yet and was left out; a %%pre script seems to write it", path);
	ks_print_word(path, &quoted);
	if (p->section && p->section->script) {
		auto_buf line = { 0 };

		buf_addf(&line, "%%include %s\n", buf_str(&quoted));
		p->section->line(p, buf_str(&line), line.len);
		return;
	}
	path = arena_strdup(&p->ks->arena, buf_str(&quoted));
	if (p->section == &ks_sect_packages)
		ks_list_add(p->ks, &p->ks->packages.includes, path);
	else if (!p->section)
		ks_list_add(p->ks, &p->ks->includes, path);
}

static int read_source(struct ks_parser *p, const char *name, const char *from, struct buf *b,
		       struct err *err)
{
	if (p->opts->include)
		return p->opts->include(p->opts->include_arg, name, from, b, err);
	return file_read_max(name, KS_SIZE_MAX + 1, b, err);
}

static void not_read(struct ks_parser *p, const char *word, const struct err *err)
{
	p->not_fetched += err->code == ERR_FETCH;
	ks_parser_error(p, word, "%s", err->msg);
}

void ks_parser_include(struct ks_parser *p, const struct ks_source *src)
{
	struct ks_line outer = p->line;
	const char *word = outer.words[0], *path = outer.n_words > 1 ? outer.words[1] : NULL;
	struct ks_source inner = { .parent = src, .depth = src->depth + 1 };
	auto_free char *name = NULL;
	struct err err = { 0 };
	auto_buf b = { 0 };
	int r;

	if (!path || !*path) {
		ks_parser_error(p, word, "a file name is missing");
		return;
	}
	if (outer.n_words > 2)
		ks_diag_add(p->diags, KS_WARNING, p->line.file, p->line.number, outer.words[2],
			    "was left out: %s takes one file name", word);
	inner.name = name = resolve(path, src->name);
	inner.spliced = strcmp(word, "%ksappend") == 0;
	if (!may_read(p, src, word, name))
		return;
	p->n_includes++;
	r = read_source(p, name, src->name, &b, &err);
	if (r && made_by_pre(p, path))
		leave_out(p, word, path);
	else if (r)
		not_read(p, word, &err);
	else if (b.len > KS_SIZE_MAX)
		ks_parser_error(p, word, "%s " KS_TOO_LARGE, ks_source_shown(name, &p->ks->arena));
	else if ((p->n_bytes += b.len) > KS_INCLUDES_MAX)
		ks_parser_error(p, word, "the included files are larger than 64 MiB in all");
	else
		ks_parser_text(p, &inner, buf_str(&b), b.len);
	p->line.file = outer.file;
	p->line.number = outer.number;
}
