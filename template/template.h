/*
 * Templates: text with names in it, and values in, text out. No code is run, no file is read but the
 * template's own %%include lines. The language: kickstart-template(5).
 *
 * A template is parsed once and rendered as often as there are hosts. Values are JSON objects.
 */
#ifndef TEMPLATE_TEMPLATE_H
#define TEMPLATE_TEMPLATE_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"

struct tmpl;

/* What was wrong, "file:line: word: reason" a line; zero-initialise. */
struct tmpl_errors {
	struct buf text;
	size_t n, last;      /* where the last one begins in text */
	const char *context; /* stands in brackets behind each, or NULL */
};

/* A line of a template; file is NULL: none. */
struct tmpl_at {
	const char *file;
	unsigned line; /* from 1 */
};

/* What a template says of itself; each NULL where it doesn't. */
struct tmpl_head {
	const char *about; /* its first comment */
	const char *dialect, *crypt;
	const char *file_dialect; /* of its first %%file */
	struct tmpl_at dialect_at, crypt_at;
};

/* Where each line of a rendered text comes from: v[0] is line 1. Points into the template. */
struct tmpl_map {
	struct tmpl_at *v;
	size_t n, cap;
};

/* A file of what was rendered: a part of its text. Strings are the template's. */
struct tmpl_file {
	const char *name;    /* of its %%file line; NULL: the template has none */
	const char *dialect; /* or NULL */
	struct tmpl_at at;   /* of the line that says so */
	size_t start, len;   /* bytes of the text */
	size_t first_line;   /* in the map */
};

/* What was rendered: one file, or those that %%file begins. Zero-initialise; may be used again and again. */
struct tmpl_out {
	struct buf text;
	struct tmpl_map map;
	struct tmpl_file *files;
	size_t n, cap;
};

/* Put the hash of a plain-text password into ret; on failure err says why, without the password. */
typedef int (*tmpl_hash_fn)(void *arg, const char *plain, struct buf *ret, struct err *err);

struct tmpl_input {
	json_t *values[2]; /* objects, the first wins; either may be NULL */
	json_t *hashed;    /* an object of names that are hashed without a filter too; or NULL */
	tmpl_hash_fn hash; /* for ${name|crypt}; NULL: that is an error */
	void *hash_arg;
};

void tmpl_errors_clear(struct tmpl_errors *errors);
void tmpl_error(struct tmpl_errors *errors, struct tmpl_at at, const char *word, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/*
 * Parse text, named name in errors; %%include files are found beside the file that names them,
 * else in dirs (NULL behind the last, or NULL). All errors are
 * collected; ERR_INPUT if there was one, and *ret is then unchanged.
 */
int tmpl_parse(const char *name, const char *text, size_t len, char *const *dirs, struct tmpl **ret,
	       struct tmpl_errors *errors);
void tmpl_free(struct tmpl *t);
/* Is the name (its first part, for a dotted one) used anywhere in the template? */
bool tmpl_uses(const struct tmpl *t, const char *name);
/* The used name that is nearest to a name that isn't; NULL if none is near. */
const char *tmpl_nearest(const struct tmpl *t, const char *name);
bool tmpl_name_ok(const char *name);
const struct tmpl_head *tmpl_head(const struct tmpl *t);
/* The %%words, for the manual's test; NULL behind the last. */
const char *tmpl_word_name(size_t i);
/* Render into out, whose old content is dropped. ERR_INPUT if there was any error, all are collected. */
int tmpl_render(const struct tmpl *t, const struct tmpl_input *in, struct tmpl_out *out,
		struct tmpl_errors *errors);
void tmpl_out_clear(struct tmpl_out *out);

#endif
