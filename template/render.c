/* Nodes and values into text. */
#include "base/argv.h"
#include "base/util.h"
#include "template/text.h"

/* A limit was passed: said once, and the rendering ends. */
static bool stop(struct tmpl_render_state *r, struct tmpl_at at)
{
	if (!r->stopped && r->steps++ >= TMPL_MAX_STEPS) {
		tmpl_error(r->errors, at, NULL, "more than %d lines in one rendering", TMPL_MAX_STEPS);
		r->stopped = true;
	} else if (!r->stopped && r->text->len > TMPL_MAX_BYTES) {
		tmpl_error(r->errors, at, NULL, "more than %d bytes in one rendering", TMPL_MAX_BYTES);
		r->stopped = true;
	}
	return r->stopped;
}

/* Neither empty nor one of the words that mean no. */
static bool is_true(const char *s)
{
	return *s && strcmp(s, "no") != 0 && strcmp(s, "false") != 0 && strcmp(s, "off") != 0 &&
	       strcmp(s, "0") != 0;
}

static bool holds(struct tmpl_render_state *r, const struct tmpl_branch *b)
{
	auto_buf is = { 0 }, want = { 0 };
	json_t *v;

	if (!b->ref)
		return true;
	v = tmpl_value_find(&r->values, b->ref);
	if (!b->compare) {
		bool yes = v && (json_is_object(v) || !tmpl_value_text(v, &is) || is_true(buf_str(&is)));

		return yes != b->negate;
	}
	if (!v)
		tmpl_undefined(r, b->at, b->ref);
	else if (!tmpl_value_text(v, &is))
		tmpl_error(r->errors, b->at, b->ref->name, "is no text to compare with");
	tmpl_add_parts(r, b->at, b->value, &want);
	return (strcmp(buf_str(&is), buf_str(&want)) == 0) != b->negate;
}

static void render_list(struct tmpl_render_state *r, const struct tmpl_node *n);

static void one_turn(struct tmpl_render_state *r, const struct tmpl_node *n, json_t *value)
{
	struct tmpl_scope scope = { n->name, value, r->values.scope };

	if (stop(r, n->at))
		return;
	r->values.scope = &scope;
	render_list(r, n->body);
	r->values.scope = scope.outer;
}

/* Over a list, or over a text's words: blanks and commas stand between them. %%each takes a text as one. */
static void render_for(struct tmpl_render_state *r, const struct tmpl_node *n)
{
	json_t *v = tmpl_value_find(&r->values, n->ref), *e;
	auto_argv words = { 0 };
	auto_buf text = { 0 };
	size_t i;

	if (!v) {
		tmpl_undefined(r, n->at, n->ref);
	} else if (json_is_array(v)) {
		json_array_foreach (v, i, e)
			one_turn(r, n, e);
	} else if (!tmpl_value_text(v, &text)) {
		tmpl_error(r->errors, n->at, n->ref->name, "is no list");
	} else if (n->whole) {
		if (text.len)
			one_turn(r, n, v);
	} else {
		argv_split(&words, buf_str(&text), " \t\r\n,");
		for (i = 0; i < words.n; i++) {
			auto_json *word = json_string(words.v[i]);

			one_turn(r, n, word);
		}
	}
}

static void render_line(struct tmpl_render_state *r, const struct tmpl_node *n)
{
	struct tmpl_map *map = &r->out->map;
	size_t from = r->text->len;

	tmpl_add_parts(r, n->at, n->parts, r->text);
	if (r->text->len == from)
		return;
	xgrow(&map->v, &map->cap, map->n, sizeof(*map->v));
	map->v[map->n++] = n->at;
}

static struct tmpl_file *add_file(struct tmpl_out *out)
{
	xgrow(&out->files, &out->cap, out->n, sizeof(*out->files));
	out->files[out->n] = (struct tmpl_file){ .start = out->text.len, .first_line = out->map.n };
	return &out->files[out->n++];
}

static void begin_file(struct tmpl_render_state *r, const struct tmpl_node *n)
{
	struct tmpl_out *out = r->out;
	struct tmpl_file *file;

	for (size_t i = 0; i < out->n; i++)
		if (str_eq(out->files[i].name, n->name))
			tmpl_error(r->errors, n->at, n->name, "the file is begun twice");
	if (out->n == 1 && !out->files[0].name) {
		if (out->text.len)
			tmpl_error(r->errors, n->at, n->name, "there is text in front of the first %%%%file");
		out->n = 0;
	}
	file = add_file(out);
	file->name = n->name;
	file->dialect = n->dialect;
	file->at = n->at;
}

static void set_default(struct tmpl_render_state *r, const struct tmpl_node *n)
{
	auto_buf text = { 0 };

	if (tmpl_value_first(&r->values, n->name))
		return;
	tmpl_add_parts(r, n->at, n->parts, &text);
	if (json_object_set_new(r->values.defaults, n->name, json_stringn(buf_str(&text), text.len)))
		tmpl_error(r->errors, n->at, n->name, "the default is not UTF-8");
}

static void fail(struct tmpl_render_state *r, const struct tmpl_node *n)
{
	auto_buf text = { 0 };

	tmpl_add_parts(r, n->at, n->parts, &text);
	tmpl_error(r->errors, n->at, NULL, "%s", text.len ? buf_str(&text) : "%%error");
}

static void render_node(struct tmpl_render_state *r, const struct tmpl_node *n)
{
	const struct tmpl_branch *b = n->branches;

	switch (n->kind) {
	case TMPL_LINE:
		render_line(r, n);
		break;
	case TMPL_IF:
		while (b && !holds(r, b))
			b = b->next;
		if (b)
			render_list(r, b->body);
		break;
	case TMPL_FOR:
		render_for(r, n);
		break;
	case TMPL_SET_DEFAULT:
		set_default(r, n);
		break;
	case TMPL_FAIL:
		fail(r, n);
		break;
	case TMPL_FILE:
		begin_file(r, n);
		break;
	}
}

/* As deep as blocks and includes are nested, which the parser limits. */
static void render_list(struct tmpl_render_state *r, const struct tmpl_node *n)
{
	for (; n && !stop(r, n->at); n = n->next)
		render_node(r, n);
}

int tmpl_render(const struct tmpl *t, const struct tmpl_input *in, struct tmpl_out *out,
		struct tmpl_errors *errors)
{
	auto_json *defaults = json_object();
	struct tmpl_render_state r = {
		.values = { .in = in, .defaults = defaults },
		.in = in,
		.out = out,
		.text = &out->text,
		.errors = errors,
	};
	size_t before = errors->n;

	out->text.len = out->map.n = out->n = 0;
	*add_file(out) = (struct tmpl_file){ .dialect = t->head.dialect, .at = t->head.dialect_at };
	render_list(&r, t->nodes);
	for (size_t i = 0; i < out->n; i++)
		out->files[i].len =
			(i + 1 < out->n ? out->files[i + 1].start : out->text.len) - out->files[i].start;
	return errors->n > before ? -ERR_INPUT : 0;
}
