/*
 * A table of hosts: CSV (RFC 4180, its first record is the names), a JSON array of objects, or TOML with a
 * [[host]] each, whose other keys count for every host.
 */
#ifndef TEMPLATE_TABLE_H
#define TEMPLATE_TABLE_H

#include "template/template.h"

struct tmpl_row {
	json_t *values; /* an object; an empty CSV field is no value */
	unsigned line;  /* where the row begins; 0: JSON */
};

struct tmpl_table {
	struct tmpl_row *v;
	size_t n, cap;
};

/*
 * Read text, named name in errors. name's ending says what it is, else what the text looks like. All errors
 * are collected; ERR_INPUT if there was any. tmpl_table_clear in either case.
 */
int tmpl_table_parse(const char *name, const char *text, size_t len, struct tmpl_table *ret,
		     struct tmpl_errors *errors);
/* Add a row; values (an object) is taken over. Its line is 0. */
struct tmpl_row *tmpl_table_add(struct tmpl_table *table, json_t *values);
void tmpl_table_csv(const char *name, const char *text, size_t len, struct tmpl_table *ret,
		    struct tmpl_errors *errors);
void tmpl_table_clear(struct tmpl_table *table);

#endif
