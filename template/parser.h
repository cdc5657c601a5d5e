/* A parsed template, and what its parser's files share. */
#ifndef TEMPLATE_PARSER_H
#define TEMPLATE_PARSER_H

#include "template/template.h"

#define TMPL_MAX_DEPTH 32         /* of blocks, of includes, of defaults in defaults */
#define TMPL_MAX_BYTES (32 << 20) /* of a template with its includes, of a rendered text */
#define TMPL_MAX_STEPS (1 << 20)  /* lines that one rendering passes, loops counted out */
#define TMPL_MAX_PATH  8          /* parts of a dotted name */

enum tmpl_op { TMPL_PLAIN, TMPL_DEFAULT, TMPL_REQUIRE };

#define TMPL_MAX_FILTERS 4

/* ${name.part|filter:-alternative} */
struct tmpl_ref {
	const char *name;                                        /* as written, dots and all */
	const char *path[TMPL_MAX_PATH + 1];                     /* its parts, NULL behind the last */
	const struct tmpl_filter *filters[TMPL_MAX_FILTERS + 1]; /* NULL behind the last */
	enum tmpl_op op;
	struct tmpl_part *alt; /* the default or the message */
};

/* Text, or a name (ref is not NULL). */
struct tmpl_part {
	struct tmpl_part *next;
	const char *text;
	size_t len;
	struct tmpl_ref *ref;
};

/* One arm of an %%if; without a ref it is the %%else. */
struct tmpl_branch {
	struct tmpl_branch *next;
	struct tmpl_at at;
	struct tmpl_ref *ref;
	bool negate, compare;
	struct tmpl_part *value; /* to compare with */
	struct tmpl_node *body;
};

enum tmpl_kind { TMPL_LINE, TMPL_IF, TMPL_FOR, TMPL_SET_DEFAULT, TMPL_FAIL, TMPL_FILE };

struct tmpl_node {
	struct tmpl_node *next;
	enum tmpl_kind kind;
	struct tmpl_at at;
	struct tmpl_part *parts; /* of a line, a default, a message */
	struct tmpl_branch *branches;
	const char *name;     /* the loop's variable, the default's name, the file's */
	const char *dialect;  /* of the file */
	bool whole;           /* the loop takes a text for one element */
	struct tmpl_ref *ref; /* what the loop runs over */
	struct tmpl_node *body;
};

struct tmpl {
	struct arena arena;
	struct tmpl_node *nodes;
	json_t *names; /* the first part of each used name */
	struct tmpl_head head;
};

struct tmpl_open { /* an %%if or %%for that waits for its %%end */
	struct tmpl_node *node;
	struct tmpl_branch *branch; /* of an %%if: the one being filled */
	struct tmpl_node **tail;    /* where to go on behind %%end */
	bool in_else;
};

struct tmpl_source { /* a file that is being read; parent is the one that includes it */
	const char *name;
	const struct tmpl_source *parent;
	unsigned depth;
	struct tmpl_open open[TMPL_MAX_DEPTH];
	size_t n_open;
	struct tmpl_node **tail;
};

/* A directive: what stands behind its word. */
struct tmpl_words {
	const char *s;
	size_t len;
};

struct tmpl_parser {
	struct tmpl *t;
	struct tmpl_errors *errors;
	struct tmpl_at at;
	size_t bytes;
	char *const *dirs; /* where included files are, too; or NULL */
};

/* Read the lines of a text into src; errors go to p->errors. */
void tmpl_parse_text(struct tmpl_parser *p, struct tmpl_source *src, const char *text, size_t len);
/* One line that begins with %%. */
void tmpl_parse_word(struct tmpl_parser *p, struct tmpl_source *src, struct tmpl_words w);
/* Up to the next blank, which is passed with those behind it; len 0 at the end. */
struct tmpl_words tmpl_next_word(struct tmpl_words *w);
void tmpl_skip_blanks(struct tmpl_words *w);
/* Words that have files of their own. */
void tmpl_do_dialect(struct tmpl_parser *p, struct tmpl_source *src, struct tmpl_words w);
void tmpl_do_crypt(struct tmpl_parser *p, struct tmpl_source *src, struct tmpl_words w);
void tmpl_do_file(struct tmpl_parser *p, struct tmpl_source *src, struct tmpl_words w);
void tmpl_do_about(struct tmpl_parser *p, struct tmpl_source *src, struct tmpl_words w);
void tmpl_do_include(struct tmpl_parser *p, struct tmpl_source *src, struct tmpl_words w);
struct tmpl_node *tmpl_add_node(struct tmpl_parser *p, struct tmpl_source *src, enum tmpl_kind kind);
/* Split text at its ${names}. Errors go to p->errors; what could be read is returned. */
struct tmpl_part *tmpl_parse_parts(struct tmpl_parser *p, const char *s, size_t len);
/* A name without ${}: of %%if and %%for. NULL after an error. */
struct tmpl_ref *tmpl_parse_name(struct tmpl_parser *p, const char *s, size_t len);

#endif
