/* Nodes and values into text. */
#include "base/argv.h"
#include "base/util.h"
#include "template/parser.h"

struct scope { /* a loop's variable */
	const char *name;
	json_t *value;
	const struct scope *outer;
};

struct render {
	const struct tmpl_input *in;
	const struct scope *scope;
	json_t *defaults;
	struct buf *out;
	size_t start; /* of this rendering in out */
	struct tmpl_map *map;
	struct tmpl_errors *errors;
	size_t steps;
	bool stopped; /* a limit was passed */
};

static json_t *look_up_first(const struct render *r, const char *name)
{
	for (const struct scope *s = r->scope; s; s = s->outer)
		if (strcmp(s->name, name) == 0)
			return s->value;
	for (size_t i = 0; i < ARRAY_SIZE(r->in->values); i++) {
		json_t *v = json_object_get(r->in->values[i], name);

		if (v && !json_is_null(v))
			return v;
	}
	return json_object_get(r->defaults, name);
}

/* NULL where the name has no value. */
static json_t *look_up(const struct render *r, const struct tmpl_ref *ref)
{
	json_t *v = look_up_first(r, ref->path[0]);

	for (size_t i = 1; v && ref->path[i]; i++)
		v = json_object_get(v, ref->path[i]);
	return json_is_null(v) ? NULL : v;
}

/* The nearest name that has a value. */
static const char *nearest(const struct render *r, const char *name)
{
	auto_free const char **names = NULL;
	size_t n = 0, cap = 0;
	const char *key;
	json_t *objects[] = { r->in->values[0], r->in->values[1], r->defaults }, *v;

	for (const struct scope *s = r->scope; s; s = s->outer) {
		xgrow(&names, &cap, n, sizeof(*names));
		names[n++] = s->name;
	}
	for (size_t i = 0; i < ARRAY_SIZE(objects); i++) {
		json_object_foreach (objects[i], key, v) {
			if (json_is_null(v))
				continue;
			xgrow(&names, &cap, n, sizeof(*names));
			names[n++] = key;
		}
	}
	return str_nearest(name, names, n);
}

static void undefined(struct render *r, struct tmpl_at at, const struct tmpl_ref *ref)
{
	const char *near = ref->path[1] ? NULL : nearest(r, ref->name);

	tmpl_error(r->errors, at, ref->name, "is not defined%s%s%s", near ? "; did you mean " : "",
		   near ? near : "", near ? "?" : "");
}

/* A limit was passed: said once, and the rendering ends. */
static bool stop(struct render *r, struct tmpl_at at)
{
	if (!r->stopped && r->steps++ >= TMPL_MAX_STEPS) {
		tmpl_error(r->errors, at, NULL, "more than %d lines in one rendering", TMPL_MAX_STEPS);
		r->stopped = true;
	} else if (!r->stopped && r->out->len - r->start > TMPL_MAX_BYTES) {
		tmpl_error(r->errors, at, NULL, "more than %d bytes in one rendering", TMPL_MAX_BYTES);
		r->stopped = true;
	}
	return r->stopped;
}

/* Append a value as text; a list's elements have commas between. False for an object or a list of others. */
static bool value_text(json_t *v, struct buf *b)
{
	size_t i;
	json_t *e;

	switch (json_typeof(v)) {
	case JSON_STRING:
		buf_add(b, json_string_value(v), json_string_length(v));
		return true;
	case JSON_INTEGER:
		buf_addf(b, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
		return true;
	case JSON_REAL:
		buf_addf(b, "%.15g", json_real_value(v));
		return true;
	case JSON_TRUE:
	case JSON_FALSE:
		buf_adds(b, json_is_true(v) ? "true" : "false");
		return true;
	case JSON_ARRAY:
		json_array_foreach (v, i, e) {
			if (i)
				buf_addc(b, ',');
			if (json_is_array(e) || json_is_object(e) || !value_text(e, b))
				return false;
		}
		return true;
	default:
		return false;
	}
}

/* Whether s holds what would end a line of a kickstart file, or another control character. */
static bool has_control(const char *s, size_t len)
{
	const unsigned char *u = (const unsigned char *)s;

	for (size_t i = 0; i < len; i++) {
		if ((u[i] < 0x20 && u[i] != '\t') || u[i] == 0x7f)
			return true;
		if (u[i] == 0xc2 && i + 1 < len && u[i + 1] < 0xa0)
			return true;
		if (u[i] == 0xe2 && i + 2 < len && u[i + 1] == 0x80 && (u[i + 2] == 0xa8 || u[i + 2] == 0xa9))
			return true;
	}
	return false;
}

/* One word of a kickstart file, whatever it holds. */
static void quote(const char *s, struct buf *b)
{
	buf_addc(b, '"');
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			buf_addc(b, '\\');
		buf_addc(b, *s);
	}
	buf_addc(b, '"');
}

static void filter_and_add(struct render *r, struct tmpl_at at, const struct tmpl_ref *ref,
			   const struct buf *text, struct buf *out)
{
	const char *s = buf_str(text);
	struct err err = { 0 };
	auto_buf hash = { 0 };

	if (has_control(s, text->len)) {
		tmpl_error(r->errors, at, ref->name,
			   "the value holds a line break or another control character");
		return;
	}
	if (ref->filters & TMPL_CRYPT) {
		if (!r->in->hash || r->in->hash(r->in->hash_arg, s, &hash, &err)) {
			tmpl_error(r->errors, at, ref->name, "%s",
				   r->in->hash ? err.msg : "nothing hashes passwords here");
			return;
		}
		s = buf_str(&hash);
	}
	if (ref->filters & TMPL_QUOTE)
		quote(s, out);
	else
		buf_adds(out, s);
}

static void add_parts(struct render *r, struct tmpl_at at, const struct tmpl_part *part, struct buf *out);

static void add_ref(struct render *r, struct tmpl_at at, const struct tmpl_ref *ref, struct buf *out)
{
	json_t *v = look_up(r, ref);
	auto_buf text = { 0 };

	if (v && !value_text(v, &text)) {
		tmpl_error(r->errors, at, ref->name, "is no text but %s; take its parts",
			   json_is_object(v) ? "an object" : "a list of others");
		return;
	}
	if (ref->op == TMPL_REQUIRE && !text.len) {
		add_parts(r, at, ref->alt, &text);
		tmpl_error(r->errors, at, ref->name, "%s", text.len ? buf_str(&text) : "is needed");
		return;
	}
	if (ref->op == TMPL_PLAIN && !v) {
		undefined(r, at, ref);
		return;
	}
	if (ref->op == TMPL_DEFAULT && !text.len)
		add_parts(r, at, ref->alt, &text);
	filter_and_add(r, at, ref, &text, out);
}

static void add_parts(struct render *r, struct tmpl_at at, const struct tmpl_part *part, struct buf *out)
{
	for (; part; part = part->next) {
		if (part->ref)
			add_ref(r, at, part->ref, out);
		else
			buf_add(out, part->text, part->len);
	}
}

/* Neither empty nor one of the words that mean no. */
static bool is_true(const char *s)
{
	return *s && strcmp(s, "no") != 0 && strcmp(s, "false") != 0 && strcmp(s, "off") != 0 &&
	       strcmp(s, "0") != 0;
}

static bool holds(struct render *r, const struct tmpl_branch *b)
{
	auto_buf is = { 0 }, want = { 0 };
	json_t *v;

	if (!b->ref)
		return true;
	v = look_up(r, b->ref);
	if (!b->compare) {
		bool yes = v && (json_is_object(v) || !value_text(v, &is) || is_true(buf_str(&is)));

		return yes != b->negate;
	}
	if (!v)
		undefined(r, b->at, b->ref);
	else if (!value_text(v, &is))
		tmpl_error(r->errors, b->at, b->ref->name, "is no text to compare with");
	add_parts(r, b->at, b->value, &want);
	return (strcmp(buf_str(&is), buf_str(&want)) == 0) != b->negate;
}

static void render_list(struct render *r, const struct tmpl_node *n);

static void one_turn(struct render *r, const struct tmpl_node *n, json_t *value)
{
	struct scope scope = { n->name, value, r->scope };

	if (stop(r, n->at))
		return;
	r->scope = &scope;
	render_list(r, n->body);
	r->scope = scope.outer;
}

/* Over a list, or over a text's words: blanks and commas stand between them. */
static void render_for(struct render *r, const struct tmpl_node *n)
{
	json_t *v = look_up(r, n->ref), *e;
	auto_argv words = { 0 };
	auto_buf text = { 0 };
	size_t i;

	if (!v) {
		undefined(r, n->at, n->ref);
	} else if (json_is_array(v)) {
		json_array_foreach (v, i, e)
			one_turn(r, n, e);
	} else if (!value_text(v, &text)) {
		tmpl_error(r->errors, n->at, n->ref->name, "is no list");
	} else {
		argv_split(&words, buf_str(&text), " \t\r\n,");
		for (i = 0; i < words.n; i++) {
			auto_json *word = json_string(words.v[i]);

			one_turn(r, n, word);
		}
	}
}

static void render_line(struct render *r, const struct tmpl_node *n)
{
	size_t from = r->out->len;

	add_parts(r, n->at, n->parts, r->out);
	if (!r->map || r->out->len == from)
		return;
	xgrow(&r->map->v, &r->map->cap, r->map->n, sizeof(*r->map->v));
	r->map->v[r->map->n++] = n->at;
}

static void set_default(struct render *r, const struct tmpl_node *n)
{
	auto_buf text = { 0 };

	if (look_up_first(r, n->name))
		return;
	add_parts(r, n->at, n->parts, &text);
	if (json_object_set_new(r->defaults, n->name, json_stringn(buf_str(&text), text.len)))
		tmpl_error(r->errors, n->at, n->name, "the default is not UTF-8");
}

static void fail(struct render *r, const struct tmpl_node *n)
{
	auto_buf text = { 0 };

	add_parts(r, n->at, n->parts, &text);
	tmpl_error(r->errors, n->at, NULL, "%s", text.len ? buf_str(&text) : "%%error");
}

static void render_node(struct render *r, const struct tmpl_node *n)
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
	}
}

/* As deep as blocks and includes are nested, which the parser limits. */
static void render_list(struct render *r, const struct tmpl_node *n)
{
	for (; n && !stop(r, n->at); n = n->next)
		render_node(r, n);
}

int tmpl_render(const struct tmpl *t, const struct tmpl_input *in, struct buf *out, struct tmpl_map *map,
		struct tmpl_errors *errors)
{
	auto_json *defaults = json_object();
	struct render r = {
		.in = in,
		.defaults = defaults,
		.out = out,
		.start = out->len,
		.map = map,
		.errors = errors,
	};
	size_t before = errors->n;

	if (map)
		map->n = 0;
	render_list(&r, t->nodes);
	return errors->n > before ? -ERR_INPUT : 0;
}
