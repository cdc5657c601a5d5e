/* An index's paragraphs, each thinned to what libsolv needs; the rest of what matters goes to the index'
 * entries. */
#ifndef PACKAGES_STANZA_H
#define PACKAGES_STANZA_H

#include "packages/index.h"

struct stanza {
	const char *arch;
	struct index *index;
	struct buf line;        /* an unfinished line */
	struct buf text;        /* what libsolv will see of this paragraph */
	struct buf out;         /* whole paragraphs; the caller may take it at any time */
	struct index_entry cur; /* of this paragraph */
	bool has_name, wrong_arch;
	bool absent;    /* the source is a medium, and the package not on it */
	bool keep_more; /* the last field's continuation lines are for libsolv too */
};

/* Paragraphs of other architectures than arch and all are left out, and what a medium lacks (pkg_source). */
void stanza_init(struct stanza *t, const char *arch, struct index *index);
void stanza_clear(struct stanza *t);
/* Text in pieces of any size. */
void stanza_add(struct stanza *t, const char *p, size_t n);
void stanza_finish(struct stanza *t);

#endif
