/* The %%words of a template, into nodes. */
#include <ctype.h>

#include "base/util.h"
#include "template/parser.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

void tmpl_skip_blanks(struct tmpl_words *w)
{
	while (w->len && is_blank(*w->s))
		w->s++, w->len--;
}

/* Up to the next blank; len 0 at the end. */
struct tmpl_words tmpl_next_word(struct tmpl_words *w)
{
	struct tmpl_words ret;

	tmpl_skip_blanks(w);
	ret = (struct tmpl_words){ w->s, 0 };
	while (w->len && !is_blank(*w->s))
		w->s++, w->len--, ret.len++;
	tmpl_skip_blanks(w);
	return ret;
}

static bool word_is(struct tmpl_words w, const char *s)
{
	return w.len == strlen(s) && memcmp(w.s, s, w.len) == 0;
}

struct tmpl_node *tmpl_add_node(struct tmpl_parser *p, struct tmpl_source *src, enum tmpl_kind kind)
{
	struct tmpl_node *node = arena_alloc(&p->t->arena, sizeof(*node));

	node->kind = kind;
	node->at = p->at;
	*src->tail = node;
	src->tail = &node->next;
	return node;
}

/* Push a block; false where there are too many within each other. */
static struct tmpl_open *open_block(struct tmpl_parser *p, struct tmpl_source *src, enum tmpl_kind kind)
{
	struct tmpl_open *o;

	if (src->n_open == TMPL_MAX_DEPTH) {
		tmpl_error(p->errors, p->at, NULL, "more than %d blocks within each other", TMPL_MAX_DEPTH);
		return NULL;
	}
	o = &src->open[src->n_open++];
	o->node = tmpl_add_node(p, src, kind);
	o->tail = src->tail;
	o->branch = NULL;
	o->in_else = false;
	return o;
}

/* A value as %%if and %%default take it: the rest of the line; quotes around it are dropped. */
static struct tmpl_part *parse_value(struct tmpl_parser *p, struct tmpl_words w)
{
	if (w.len >= 2 && w.s[0] == '"' && w.s[w.len - 1] == '"')
		w = (struct tmpl_words){ w.s + 1, w.len - 2 };
	return tmpl_parse_parts(p, w.s, w.len);
}

static void parse_condition(struct tmpl_parser *p, struct tmpl_branch *b, struct tmpl_words w)
{
	struct tmpl_words name, op;

	if (w.len && *w.s == '!') {
		b->negate = true;
		w.s++, w.len--;
	}
	name = tmpl_next_word(&w);
	b->ref = tmpl_parse_name(p, name.s, name.len);
	if (!w.len)
		return;
	op = tmpl_next_word(&w);
	if (b->negate || !(word_is(op, "==") || word_is(op, "!="))) {
		tmpl_error(p->errors, p->at, NULL,
			   "a condition is NAME, !NAME, NAME == VALUE or NAME != VALUE");
		return;
	}
	b->compare = true;
	b->negate = word_is(op, "!=");
	b->value = parse_value(p, w);
}

static struct tmpl_branch *add_branch(struct tmpl_parser *p, struct tmpl_source *src, struct tmpl_open *o)
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

static void do_if(struct tmpl_parser *p, struct tmpl_source *src, struct tmpl_words w)
{
	struct tmpl_open *o = open_block(p, src, TMPL_IF);

	if (o)
		parse_condition(p, add_branch(p, src, o), w);
}

/* The innermost block if it is an %%if that has no %%else yet. */
static struct tmpl_open *if_of(struct tmpl_parser *p, struct tmpl_source *src, const char *word)
{
	struct tmpl_open *o = src->n_open ? &src->open[src->n_open - 1] : NULL;

	if (o && o->branch && !o->in_else)
		return o;
	tmpl_error(p->errors, p->at, word, o && o->branch ? "behind %%%%else" : "there is no %%%%if to it");
	return NULL;
}

static void do_elif(struct tmpl_parser *p, struct tmpl_source *src, struct tmpl_words w)
{
	struct tmpl_open *o = if_of(p, src, "%%elif");

	if (o)
		parse_condition(p, add_branch(p, src, o), w);
}

static void do_else(struct tmpl_parser *p, struct tmpl_source *src, struct tmpl_words w)
{
	struct tmpl_open *o = if_of(p, src, "%%else");

	if (w.len)
		tmpl_error(p->errors, p->at, "%%else", "takes no words");
	if (!o)
		return;
	add_branch(p, src, o);
	o->in_else = true;
}

static void do_end(struct tmpl_parser *p, struct tmpl_source *src, struct tmpl_words w)
{
	if (w.len)
		tmpl_error(p->errors, p->at, "%%end", "takes no words");
	if (src->n_open)
		src->tail = src->open[--src->n_open].tail;
	else
		tmpl_error(p->errors, p->at, "%%end", "there is no %%%%if or %%%%for to it");
}

static const char *simple_name(struct tmpl_parser *p, struct tmpl_words w)
{
	char *name = arena_strndup(&p->t->arena, w.s, w.len);

	if (tmpl_name_ok(name))
		return name;
	tmpl_error(p->errors, p->at, NULL, "\"%.60s\" is no name (letters, digits, _ and -)", name);
	return "_";
}

static void do_loop(struct tmpl_parser *p, struct tmpl_source *src, struct tmpl_words w, const char *word)
{
	struct tmpl_open *o = open_block(p, src, TMPL_FOR);
	struct tmpl_words name = tmpl_next_word(&w), in = tmpl_next_word(&w), list = tmpl_next_word(&w);

	if (!o)
		return;
	src->tail = &o->node->body;
	if (!word_is(in, "in") || !list.len || w.len) {
		tmpl_error(p->errors, p->at, word, "a loop is %s NAME in NAME", word);
		return;
	}
	o->node->name = simple_name(p, name);
	o->node->ref = tmpl_parse_name(p, list.s, list.len);
}

static void do_for(struct tmpl_parser *p, struct tmpl_source *src, struct tmpl_words w)
{
	do_loop(p, src, w, "%%for");
}

static void do_each(struct tmpl_parser *p, struct tmpl_source *src, struct tmpl_words w)
{
	struct tmpl_node **at = src->tail;

	do_loop(p, src, w, "%%each");
	if (*at)
		(*at)->whole = true;
}

static void do_default(struct tmpl_parser *p, struct tmpl_source *src, struct tmpl_words w)
{
	struct tmpl_words name = tmpl_next_word(&w);
	struct tmpl_node *node = tmpl_add_node(p, src, TMPL_SET_DEFAULT);

	node->name = simple_name(p, name);
	node->parts = parse_value(p, w);
	json_object_set_new(p->t->names, node->name, json_true());
}

static void do_error(struct tmpl_parser *p, struct tmpl_source *src, struct tmpl_words w)
{
	tmpl_add_node(p, src, TMPL_FAIL)->parts = tmpl_parse_parts(p, w.s, w.len);
}

static void do_comment(struct tmpl_parser *p, struct tmpl_source *src, struct tmpl_words w)
{
	(void)p, (void)src, (void)w;
}

static const struct word {
	const char *name;
	void (*parse)(struct tmpl_parser *p, struct tmpl_source *src, struct tmpl_words rest);
} words[] = {
	{ "%%if", do_if },
	{ "%%elif", do_elif },
	{ "%%else", do_else },
	{ "%%end", do_end },
	{ "%%for", do_for },
	{ "%%each", do_each },
	{ "%%default", do_default },
	{ "%%include", tmpl_do_include },
	{ "%%error", do_error },
	{ "%%file", tmpl_do_file },
	{ "%%dialect", tmpl_do_dialect },
	{ "%%crypt", tmpl_do_crypt },
	{ "%%#", do_comment },
};

const char *tmpl_word_name(size_t i)
{
	return i < ARRAY_SIZE(words) ? words[i].name : NULL;
}

void tmpl_parse_word(struct tmpl_parser *p, struct tmpl_source *src, struct tmpl_words w)
{
	const char *names[ARRAY_SIZE(words)], *near;
	auto_free char *word = NULL;
	struct tmpl_words name;

	while (w.len && isspace((unsigned char)w.s[w.len - 1]))
		w.len--;
	if (w.len > 2 && w.s[2] == '#') {
		tmpl_do_about(p, src, w);
		return;
	}
	name = tmpl_next_word(&w);
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		names[i] = words[i].name;
		if (word_is(name, names[i])) {
			words[i].parse(p, src, w);
			return;
		}
	}
	word = xstrndup(name.s, MIN(name.len, (size_t)40));
	near = str_nearest(word, names, ARRAY_SIZE(names));
	tmpl_error(p->errors, p->at, word, "unknown word; %s%s%s%%%%%% stands for a literal %%%%",
		   near ? "did you mean " : "", near ? near : "", near ? "? " : "");
}
