/* The words in which a template says what it is and makes. */
#include "base/util.h"
#include "template/parser.h"

/* One word that a template says of itself, once. */
static void set_header(struct tmpl_parser *p, const char *word, struct tmpl_words w, const char **ret,
		       struct tmpl_at *ret_at)
{
	struct tmpl_words value = tmpl_next_word(&w);

	if (!value.len || w.len || *ret) {
		tmpl_error(p->errors, p->at, word, "%s", *ret ? "is said twice" : "wants one word");
		return;
	}
	*ret = arena_strndup(&p->t->arena, value.s, value.len);
	*ret_at = p->at;
}

void tmpl_do_dialect(struct tmpl_parser *p, struct tmpl_source *src, struct tmpl_words w)
{
	(void)src;
	set_header(p, "%%dialect", w, &p->t->head.dialect, &p->t->head.dialect_at);
}

void tmpl_do_crypt(struct tmpl_parser *p, struct tmpl_source *src, struct tmpl_words w)
{
	(void)src;
	set_header(p, "%%crypt", w, &p->t->head.crypt, &p->t->head.crypt_at);
}

static bool file_name_ok(const char *name)
{
	return *name && *name != '.' &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
			    "._-") == strlen(name);
}

void tmpl_do_file(struct tmpl_parser *p, struct tmpl_source *src, struct tmpl_words w)
{
	struct tmpl_words name = tmpl_next_word(&w), dialect = tmpl_next_word(&w);
	struct tmpl_node *node;

	if (!dialect.len || w.len) {
		tmpl_error(p->errors, p->at, "%%file", "wants the name of a file and a dialect");
		return;
	}
	node = tmpl_add_node(p, src, TMPL_FILE);
	node->name = arena_strndup(&p->t->arena, name.s, name.len);
	node->dialect = arena_strndup(&p->t->arena, dialect.s, dialect.len);
	if (!p->t->head.file_dialect)
		p->t->head.file_dialect = node->dialect;
	if (!file_name_ok(node->name))
		tmpl_error(p->errors, p->at, "%%file",
			   "\"%.60s\" is no name of a file (letters, digits, . _ and -)", node->name);
}

/* The first comment of a template says what it is. */
void tmpl_do_about(struct tmpl_parser *p, struct tmpl_source *src, struct tmpl_words w)
{
	w.s += 3;
	w.len -= 3;
	tmpl_skip_blanks(&w);
	if (!p->t->head.about && !src->parent)
		p->t->head.about = arena_strndup(&p->t->arena, w.s, w.len);
}
