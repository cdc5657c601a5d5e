/* A rendering under way, and its names into text. */
#ifndef TEMPLATE_TEXT_H
#define TEMPLATE_TEXT_H

#include "template/value.h"

struct tmpl_render_state {
	struct tmpl_values values;
	const struct tmpl_input *in;
	struct tmpl_out *out;
	struct buf *text; /* out's */
	struct tmpl_errors *errors;
	size_t steps;
	bool stopped; /* a limit was passed */
};

/* Append parts with their values; what is wrong goes to r->errors. */
void tmpl_add_parts(struct tmpl_render_state *r, struct tmpl_at at, const struct tmpl_part *part,
		    struct buf *out);
/* Say that a name has no value. */
void tmpl_undefined(struct tmpl_render_state *r, struct tmpl_at at, const struct tmpl_ref *ref);

#endif
