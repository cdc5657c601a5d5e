/* What names mean while a template is rendered. */
#ifndef TEMPLATE_VALUE_H
#define TEMPLATE_VALUE_H

#include "template/parser.h"

struct tmpl_scope { /* a loop's variable */
	const char *name;
	json_t *value;
	const struct tmpl_scope *outer;
};

/* Where names are looked up, in this order. */
struct tmpl_values {
	const struct tmpl_scope *scope;
	const struct tmpl_input *in;
	json_t *defaults;
};

/* NULL where the name has no value. Borrowed. */
json_t *tmpl_value_find(const struct tmpl_values *values, const struct tmpl_ref *ref);
/* The same for a name without dots; null is no value. */
json_t *tmpl_value_first(const struct tmpl_values *values, const char *name);
/* The nearest name that has a value; or NULL. */
const char *tmpl_value_nearest(const struct tmpl_values *values, const char *name);
/* Append as text; a list's elements have commas between. False for an object or a list of others. */
bool tmpl_value_text(json_t *v, struct buf *b);

#endif
