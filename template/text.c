#include "template/text.h"

#include "base/util.h"
#include "template/filter.h"

void tmpl_undefined(struct tmpl_render_state *r, struct tmpl_at at, const struct tmpl_ref *ref)
{
	const char *near = ref->path[1] ? NULL : tmpl_value_nearest(&r->values, ref->name);

	tmpl_error(r->errors, at, ref->name, "is not defined%s%s%s", near ? "; did you mean " : "",
		   near ? near : "", near ? "?" : "");
}

static const struct tmpl_filter *const hashed[] = { &tmpl_filter_crypt, NULL };

/* The filters of a name; what --hash names has crypt where the template has none. */
static const struct tmpl_filter *const *filters_of(const struct tmpl_render_state *r,
						   const struct tmpl_ref *ref)
{
	return !ref->filters[0] && json_object_get(r->in->hashed, ref->name) ? hashed : ref->filters;
}

static void hash(struct tmpl_render_state *r, struct tmpl_at at, const struct tmpl_ref *ref,
		 const char *plain, struct buf *out)
{
	struct err err;

	err.code = ERR_NONE;
	err.msg[0] = '\0';
	if (!r->in->hash)
		tmpl_error(r->errors, at, ref->name, "nothing hashes passwords here");
	else if (r->in->hash(r->in->hash_arg, plain, out, &err))
		tmpl_error(r->errors, at, ref->name, "%s", err.msg);
}

/* Append what the filters make of a value. */
static void filter_and_add(struct tmpl_render_state *r, struct tmpl_at at, const struct tmpl_ref *ref,
			   const char *s, size_t len, struct buf *out)
{
	const struct tmpl_filter *const *f = filters_of(r, ref);
	auto_buf from = { 0 }, to = { 0 };
	struct buf swap;
	bool carries = false;

	for (size_t i = 0; f[i]; i++)
		carries = carries || f[i]->carries;
	if (!carries && tmpl_has_control(s, len)) {
		tmpl_error(r->errors, at, ref->name,
			   "the value holds a line break or another control character");
		return;
	}
	for (; *f; f++) {
		const char *wrong = NULL;

		to.len = 0;
		buf_adds(&to, "");
		if ((*f)->run)
			wrong = (*f)->run(s, len, &to);
		else
			hash(r, at, ref, s, &to);
		if (wrong) {
			tmpl_error(r->errors, at, ref->name, "%s", wrong);
			return;
		}
		swap = from;
		from = to;
		to = swap;
		s = buf_str(&from);
		len = from.len;
	}
	buf_add(out, s, len);
}

static void add_ref(struct tmpl_render_state *r, struct tmpl_at at, const struct tmpl_ref *ref,
		    struct buf *out)
{
	json_t *v = tmpl_value_find(&r->values, ref);
	auto_buf text = { 0 };

	/* Most are plain texts. */
	if (json_is_string(v) && (ref->op == TMPL_PLAIN || json_string_length(v))) {
		filter_and_add(r, at, ref, json_string_value(v), json_string_length(v), out);
		return;
	}
	if (v && !tmpl_value_text(v, &text)) {
		tmpl_error(r->errors, at, ref->name, "is no text but %s; take its parts",
			   json_is_object(v) ? "an object" : "a list of others");
		return;
	}
	if (ref->op == TMPL_REQUIRE && !text.len) {
		tmpl_add_parts(r, at, ref->alt, &text);
		tmpl_error(r->errors, at, ref->name, "%s", text.len ? buf_str(&text) : "is needed");
		return;
	}
	if (ref->op == TMPL_PLAIN && !v) {
		tmpl_undefined(r, at, ref);
		return;
	}
	if (ref->op == TMPL_DEFAULT && !text.len)
		tmpl_add_parts(r, at, ref->alt, &text);
	filter_and_add(r, at, ref, buf_str(&text), text.len, out);
}

void tmpl_add_parts(struct tmpl_render_state *r, struct tmpl_at at, const struct tmpl_part *part,
		    struct buf *out)
{
	for (; part; part = part->next) {
		if (part->ref)
			add_ref(r, at, part->ref, out);
		else
			buf_add(out, part->text, part->len);
	}
}
