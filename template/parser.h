/* A parsed template, and what its parser's files share. */
#ifndef TEMPLATE_PARSER_H
#define TEMPLATE_PARSER_H

#include "template/template.h"

#define TMPL_MAX_DEPTH 32         /* of blocks, of includes, of defaults in defaults */
#define TMPL_MAX_BYTES (32 << 20) /* of a template with its includes, of a rendered text */
#define TMPL_MAX_STEPS (1 << 20)  /* lines that one rendering passes, loops counted out */
#define TMPL_MAX_PATH  8          /* parts of a dotted name */

enum tmpl_op { TMPL_PLAIN, TMPL_DEFAULT, TMPL_REQUIRE };
enum tmpl_filter { TMPL_CRYPT = 1, TMPL_QUOTE = 2 };

/* ${name.part|filter:-alternative} */
struct tmpl_ref {
	const char *name;                    /* as written, dots and all */
	const char *path[TMPL_MAX_PATH + 1]; /* its parts, NULL behind the last */
	unsigned filters;
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

enum tmpl_kind { TMPL_LINE, TMPL_IF, TMPL_FOR, TMPL_SET_DEFAULT, TMPL_FAIL };

struct tmpl_node {
	struct tmpl_node *next;
	enum tmpl_kind kind;
	struct tmpl_at at;
	struct tmpl_part *parts; /* of a line, a default, a message */
	struct tmpl_branch *branches;
	const char *name;     /* the loop's variable, the default's name */
	struct tmpl_ref *ref; /* what the loop runs over */
	struct tmpl_node *body;
};

struct tmpl {
	struct arena arena;
	struct tmpl_node *nodes;
	json_t *names; /* the first part of each used name */
};

struct tmpl_parser {
	struct tmpl *t;
	struct tmpl_errors *errors;
	struct tmpl_at at;
	size_t bytes;
};

/* Split text at its ${names}. Errors go to p->errors; what could be read is returned. */
struct tmpl_part *tmpl_parse_parts(struct tmpl_parser *p, const char *s, size_t len);
/* A name without ${}: of %%if and %%for. NULL after an error. */
struct tmpl_ref *tmpl_parse_name(struct tmpl_parser *p, const char *s, size_t len);

#endif
