/* Lines into nodes: the %%words, and the files that they include. */
#include <ctype.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/util.h"
#include "template/parser.h"

#define INCLUDE_COST 4096 /* bytes that an %%include counts as */

struct open { /* an %%if or %%for that waits for its %%end */
	struct tmpl_node *node;
	struct tmpl_branch *branch; /* of an %%if: the one being filled */
	struct tmpl_node **tail;    /* where to go on behind %%end */
	bool in_else;
};

struct source { /* a file that is being read; parent is the one that includes it */
	const char *name;
	const struct source *parent;
	unsigned depth;
	struct open open[TMPL_MAX_DEPTH];
	size_t n_open;
	struct tmpl_node **tail;
};

/* A directive: what stands behind its word. */
struct words {
	const char *s;
	size_t len;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static void skip_blanks(struct words *w)
{
	while (w->len && is_blank(*w->s))
		w->s++, w->len--;
}

/* Up to the next blank; len 0 at the end. */
static struct words next_word(struct words *w)
{
	struct words ret;

	skip_blanks(w);
	ret = (struct words){ w->s, 0 };
	while (w->len && !is_blank(*w->s))
		w->s++, w->len--, ret.len++;
	skip_blanks(w);
	return ret;
}

static bool word_is(struct words w, const char *s)
{
	return w.len == strlen(s) && memcmp(w.s, s, w.len) == 0;
}

static struct tmpl_node *add_node(struct tmpl_parser *p, struct source *src, enum tmpl_kind kind)
{
	struct tmpl_node *node = arena_alloc(&p->t->arena, sizeof(*node));

	node->kind = kind;
	node->at = p->at;
	*src->tail = node;
	src->tail = &node->next;
	return node;
}

/* Push a block; false where there are too many within each other. */
static struct open *open_block(struct tmpl_parser *p, struct source *src, enum tmpl_kind kind)
{
	struct open *o;

	if (src->n_open == TMPL_MAX_DEPTH) {
		tmpl_error(p->errors, p->at, NULL, "more than %d blocks within each other", TMPL_MAX_DEPTH);
		return NULL;
	}
	o = &src->open[src->n_open++];
	o->node = add_node(p, src, kind);
	o->tail = src->tail;
	o->branch = NULL;
	o->in_else = false;
	return o;
}

/* A value as %%if and %%default take it: the rest of the line; quotes around it are dropped. */
static struct tmpl_part *parse_value(struct tmpl_parser *p, struct words w)
{
	if (w.len >= 2 && w.s[0] == '"' && w.s[w.len - 1] == '"')
		w = (struct words){ w.s + 1, w.len - 2 };
	return tmpl_parse_parts(p, w.s, w.len);
}

static void parse_condition(struct tmpl_parser *p, struct tmpl_branch *b, struct words w)
{
	struct words name, op;

	if (w.len && *w.s == '!') {
		b->negate = true;
		w.s++, w.len--;
	}
	name = next_word(&w);
	b->ref = tmpl_parse_name(p, name.s, name.len);
	if (!w.len)
		return;
	op = next_word(&w);
	if (b->negate || !(word_is(op, "==") || word_is(op, "!="))) {
		tmpl_error(p->errors, p->at, NULL,
			   "a condition is NAME, !NAME, NAME == VALUE or NAME != VALUE");
		return;
	}
	b->compare = true;
	b->negate = word_is(op, "!=");
	b->value = parse_value(p, w);
}

static struct tmpl_branch *add_branch(struct tmpl_parser *p, struct source *src, struct open *o)
{
	struct tmpl_branch *b = arena_alloc(&p->t->arena, sizeof(*b));

	b->at = p->at;
	if (o->branch)
		o->branch->next = b;
	else
		o->node->branches = b;
	o->branch = b;
	src->tail = &b->body;
	return b;
}

static void do_if(struct tmpl_parser *p, struct source *src, struct words w)
{
	struct open *o = open_block(p, src, TMPL_IF);

	if (o)
		parse_condition(p, add_branch(p, src, o), w);
}

/* The innermost block if it is an %%if that has no %%else yet. */
static struct open *if_of(struct tmpl_parser *p, struct source *src, const char *word)
{
	struct open *o = src->n_open ? &src->open[src->n_open - 1] : NULL;

	if (o && o->branch && !o->in_else)
		return o;
	tmpl_error(p->errors, p->at, word, o && o->branch ? "behind %%%%else" : "there is no %%%%if to it");
	return NULL;
}

static void do_elif(struct tmpl_parser *p, struct source *src, struct words w)
{
	struct open *o = if_of(p, src, "%%elif");

	if (o)
		parse_condition(p, add_branch(p, src, o), w);
}

static void do_else(struct tmpl_parser *p, struct source *src, struct words w)
{
	struct open *o = if_of(p, src, "%%else");

	if (w.len)
		tmpl_error(p->errors, p->at, "%%else", "takes no words");
	if (!o)
		return;
	add_branch(p, src, o);
	o->in_else = true;
}

static void do_end(struct tmpl_parser *p, struct source *src, struct words w)
{
	if (w.len)
		tmpl_error(p->errors, p->at, "%%end", "takes no words");
	if (src->n_open)
		src->tail = src->open[--src->n_open].tail;
	else
		tmpl_error(p->errors, p->at, "%%end", "there is no %%%%if or %%%%for to it");
}

static const char *simple_name(struct tmpl_parser *p, struct words w)
{
	char *name = arena_strndup(&p->t->arena, w.s, w.len);

	if (tmpl_name_ok(name))
		return name;
	tmpl_error(p->errors, p->at, NULL, "\"%.60s\" is no name (letters, digits, _ and -)", name);
	return "_";
}

static void do_for(struct tmpl_parser *p, struct source *src, struct words w)
{
	struct open *o = open_block(p, src, TMPL_FOR);
	struct words name = next_word(&w), in = next_word(&w), list = next_word(&w);

	if (!o)
		return;
	src->tail = &o->node->body;
	if (!word_is(in, "in") || !list.len || w.len) {
		tmpl_error(p->errors, p->at, "%%for", "a loop is %%%%for NAME in NAME");
		return;
	}
	o->node->name = simple_name(p, name);
	o->node->ref = tmpl_parse_name(p, list.s, list.len);
}

static void do_default(struct tmpl_parser *p, struct source *src, struct words w)
{
	struct words name = next_word(&w);
	struct tmpl_node *node = add_node(p, src, TMPL_SET_DEFAULT);

	node->name = simple_name(p, name);
	node->parts = parse_value(p, w);
}

static void do_error(struct tmpl_parser *p, struct source *src, struct words w)
{
	add_node(p, src, TMPL_FAIL)->parts = tmpl_parse_parts(p, w.s, w.len);
}

static void do_comment(struct tmpl_parser *p, struct source *src, struct words w)
{
	(void)p, (void)src, (void)w;
}

static void parse_text(struct tmpl_parser *p, struct source *src, const char *text, size_t len);

/* The path of an included file: beside the file that names it. */
static const char *beside(struct arena *a, const char *from, const char *path)
{
	const char *slash = strrchr(from, '/');

	if (*path == '/' || !slash)
		return path;
	return arena_printf(a, "%.*s%s", (int)(slash + 1 - from), from, path);
}

/* Whether path is being read already; says the way round. */
static bool loops(struct tmpl_parser *p, const struct source *src, const char *path)
{
	auto_buf way = { 0 };
	struct stat here, there;
	bool known = stat(path, &here) == 0;

	for (const struct source *s = src; s; s = s->parent) {
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

static void do_include(struct tmpl_parser *p, struct source *src, struct words w)
{
	struct arena *a = &p->t->arena;
	struct tmpl_at at = p->at;
	const char *path;
	struct source inner = { .parent = src, .depth = src->depth + 1, .tail = src->tail };
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
	path = inner.name = beside(a, src->name, arena_strndup(a, w.s, w.len));
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
		parse_text(p, &inner, buf_str(&text), text.len);
	}
	src->tail = inner.tail;
	p->at = at;
}

static const struct directive {
	const char *name;
	void (*parse)(struct tmpl_parser *p, struct source *src, struct words rest);
} directives[] = {
	{ "%%if", do_if },           { "%%elif", do_elif },   { "%%else", do_else },
	{ "%%end", do_end },         { "%%for", do_for },     { "%%default", do_default },
	{ "%%include", do_include }, { "%%error", do_error }, { "%%#", do_comment },
};

static void parse_directive(struct tmpl_parser *p, struct source *src, struct words w)
{
	const char *names[ARRAY_SIZE(directives)], *near;
	auto_free char *word = NULL;
	struct words name;

	while (w.len && isspace((unsigned char)w.s[w.len - 1]))
		w.len--;
	if (w.len > 2 && w.s[2] == '#')
		return;
	name = next_word(&w);
	for (size_t i = 0; i < ARRAY_SIZE(directives); i++) {
		names[i] = directives[i].name;
		if (word_is(name, names[i])) {
			directives[i].parse(p, src, w);
			return;
		}
	}
	word = xstrndup(name.s, MIN(name.len, (size_t)40));
	near = str_nearest(word, names, ARRAY_SIZE(names));
	tmpl_error(p->errors, p->at, word, "unknown word; %s%s%s%%%%%% stands for a literal %%%%",
		   near ? "did you mean " : "", near ? near : "", near ? "? " : "");
}

/* One line, its newline included. */
static void parse_line(struct tmpl_parser *p, struct source *src, const char *s, size_t len)
{
	size_t blanks = 0;

	while (blanks < len && is_blank(s[blanks]))
		blanks++;
	if (len - blanks < 2 || s[blanks] != '%' || s[blanks + 1] != '%') {
		add_node(p, src, TMPL_LINE)->parts = tmpl_parse_parts(p, s, len);
	} else if (len - blanks > 2 && s[blanks + 2] == '%') {
		add_node(p, src, TMPL_LINE)->parts = tmpl_parse_parts(p, s + blanks + 1, len - blanks - 1);
	} else {
		parse_directive(p, src, (struct words){ s + blanks, len - blanks });
	}
}

static void parse_text(struct tmpl_parser *p, struct source *src, const char *text, size_t len)
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
		struct open *o = &src->open[--src->n_open];

		tmpl_error(p->errors, o->node->at, o->node->kind == TMPL_FOR ? "%%for" : "%%if",
			   "no %%%%end closes it");
		src->tail = o->tail;
	}
}

int tmpl_parse(const char *name, const char *text, size_t len, struct tmpl **ret, struct tmpl_errors *errors)
{
	struct tmpl *t = xcalloc(1, sizeof(*t));
	struct tmpl_parser p = { .t = t, .errors = errors };
	struct source src = { .name = arena_strdup(&t->arena, name), .tail = &t->nodes };
	size_t before = errors->n;

	t->names = json_object();
	parse_text(&p, &src, text, len);
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
