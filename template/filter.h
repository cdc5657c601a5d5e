/* Filters: what ${name|filter} makes of a value. One row of the table in filter.c each. */
#ifndef TEMPLATE_FILTER_H
#define TEMPLATE_FILTER_H

#include <stdbool.h>

#include "template/template.h"

struct tmpl_filter {
	const char *name;
	bool carries; /* line breaks and control characters too */
	/* Append what becomes of s; NULL, or what is wrong with s. */
	const char *(*run)(const char *s, size_t len, struct buf *out);
};

/* NULL behind the last. "crypt" is one of them but has no function: it needs the input's. */
const struct tmpl_filter *tmpl_filter_at(size_t i);
/* NULL for an unknown name. */
const struct tmpl_filter *tmpl_filter_find(const char *name, size_t len);
extern const struct tmpl_filter tmpl_filter_crypt;

/* Whether s holds what would end a line of a file of any dialect, or another control character. */
bool tmpl_has_control(const char *s, size_t len);

#endif
