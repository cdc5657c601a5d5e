/* A template as a whole: its lines into nodes. */

#include "base/util.h"
#include "template/parser.h"

/* One line, its newline included. */
static void parse_line(struct tmpl_parser *p, struct tmpl_source *src, const char *s, size_t len)
{
	size_t blanks = 0;

	while (blanks < len && (s[blanks] == ' ' || s[blanks] == '\t'))
		blanks++;
	if (len - blanks < 2 || s[blanks] != '%' || s[blanks + 1] != '%') {
		tmpl_add_node(p, src, TMPL_LINE)->parts = tmpl_parse_parts(p, s, len);
	} else if (len - blanks > 2 && s[blanks + 2] == '%') {
		tmpl_add_node(p, src, TMPL_LINE)->parts =
			tmpl_parse_parts(p, s + blanks + 1, len - blanks - 1);
	} else {
		tmpl_parse_word(p, src, (struct tmpl_words){ s + blanks, len - blanks });
	}
}

void tmpl_parse_text(struct tmpl_parser *p, struct tmpl_source *src, const char *text, size_t len)
{
	const char *kept;

	p->at = (struct tmpl_at){ src->name, 0 };
	p->bytes += len;
	if (p->bytes > TMPL_MAX_BYTES || memchr(text, '\0', len)) {
		tmpl_error(p->errors, p->at, NULL,
			   p->bytes > TMPL_MAX_BYTES ? "too long, with what it includes"
						     : "holds a NUL byte");
		return;
	}
	kept = arena_strndup(&p->t->arena, text, len);
	for (size_t i = 0; i < len;) {
		const char *nl = memchr(kept + i, '\n', len - i);
		size_t n = nl ? (size_t)(nl + 1 - (kept + i)) : len - i;

		p->at.line++;
		parse_line(p, src, kept + i, n);
		i += n;
	}
	while (src->n_open) {
		struct tmpl_open *o = &src->open[--src->n_open];

		tmpl_error(p->errors, o->node->at,
			   o->node->kind == TMPL_IF ? "%%if"
			   : o->node->whole         ? "%%each"
						    : "%%for",
			   "no %%%%end closes it");
		src->tail = o->tail;
	}
}

int tmpl_parse(const char *name, const char *text, size_t len, char *const *dirs, struct tmpl **ret,
	       struct tmpl_errors *errors)
{
	struct tmpl *t = xcalloc(1, sizeof(*t));
	struct tmpl_parser p = { .t = t, .errors = errors, .dirs = dirs };
	struct tmpl_source src = { .name = arena_strdup(&t->arena, name), .tail = &t->nodes };
	size_t before = errors->n;

	t->names = json_object();
	tmpl_parse_text(&p, &src, text, len);
	if (errors->n > before) {
		tmpl_free(t);
		return -ERR_INPUT;
	}
	*ret = t;
	return 0;
}

void tmpl_free(struct tmpl *t)
{
	if (!t)
		return;
	json_decref(t->names);
	arena_clear(&t->arena);
	free(t);
}

bool tmpl_uses(const struct tmpl *t, const char *name)
{
	return json_object_get(t->names, name) != NULL;
}

const char *tmpl_nearest(const struct tmpl *t, const char *name)
{
	size_t n = 0;
	auto_free const char **names = xcalloc(json_object_size(t->names) + 1, sizeof(*names));
	const char *key;
	json_t *v;

	json_object_foreach (t->names, key, v)
		names[n++] = key;
	return str_nearest(name, names, n);
}

const struct tmpl_head *tmpl_head(const struct tmpl *t)
{
	return &t->head;
}
