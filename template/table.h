/* A table of hosts: CSV (RFC 4180, its first record is the names) or a JSON array of objects. */
#ifndef TEMPLATE_TABLE_H
#define TEMPLATE_TABLE_H

#include "template/template.h"

struct tmpl_row {
	json_t *values; /* an object; an empty CSV field is no value */
	unsigned line;  /* of a CSV record; 0: JSON */
};

struct tmpl_table {
	struct tmpl_row *v;
	size_t n, cap;
};

/*
 * Read text, named name in errors; what begins with [ is JSON. All errors are collected; ERR_INPUT if there
 * was any. tmpl_table_clear in either case.
 */
int tmpl_table_parse(const char *name, const char *text, size_t len, struct tmpl_table *ret,
		     struct tmpl_errors *errors);
void tmpl_table_clear(struct tmpl_table *table);

#endif
