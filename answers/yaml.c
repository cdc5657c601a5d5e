#include "answers/yaml.h"

#include <yaml.h>

#include "base/util.h"

#define MAX_DEPTH 64

struct reader {
	struct dialect_check *c;
	struct arena *a;
	yaml_parser_t parser;
	yaml_event_t event;
	bool broken;
};

/* The next event into r->event; false at a syntax error, which is said. */
static bool next(struct reader *r)
{
	const yaml_parser_t *p = &r->parser;

	yaml_event_delete(&r->event);
	if (yaml_parser_parse(&r->parser, &r->event))
		return true;
	dialect_error(r->c, (unsigned)(p->problem_mark.line + 1), NULL, "no YAML: %s%s%s",
		      p->problem ? p->problem : "it can't be read", p->context ? " " : "",
		      p->context ? p->context : "");
	r->broken = true;
	return false;
}

static bool is_one_of(const char *s, const char *const *words)
{
	for (; *words; words++)
		if (strcasecmp(s, *words) == 0)
			return true;
	return false;
}

/* The type of a plain scalar, as YAML 1.1's resolution has it. */
static enum yaml_kind plain_kind(const char *s)
{
	static const char *const bools[] = { "yes", "no", "true", "false", "on", "off", NULL };
	const char *digits = s + strspn(s, "+-");
	size_t n = strspn(digits, "0123456789_");

	if (!*s || strcmp(s, "~") == 0 || strcasecmp(s, "null") == 0)
		return YAML_NULL;
	if (is_one_of(s, bools))
		return YAML_BOOL;
	if (digits - s > 1)
		return YAML_STR;
	if (n && *digits != '_' && !digits[n])
		return YAML_INT;
	if (digits[0] == '0' && digits[1] == 'x' && digits[2] &&
	    !digits[2 + strspn(digits + 2, "0123456789abcdefABCDEF_")])
		return YAML_INT;
	/* Sexagesimal, as in 12:30. */
	if (n && *digits != '_' && digits[n] == ':' && digits[n + 1] &&
	    !digits[n + strspn(digits + n, ":0123456789")])
		return YAML_INT;
	if (n && digits[n] == '.' && !digits[n + 1 + strspn(digits + n + 1, "0123456789_eE+-")])
		return YAML_FLOAT;
	return YAML_STR;
}

static struct yaml_node *read_node(struct reader *r, unsigned depth);

static struct yaml_node *new_node(struct reader *r, enum yaml_kind kind)
{
	struct yaml_node *node = arena_alloc(r->a, sizeof(*node));

	node->line = (unsigned)(r->event.start_mark.line + 1);
	node->kind = kind;
	return node;
}

static struct yaml_node *read_scalar(struct reader *r)
{
	const char *s = (const char *)r->event.data.scalar.value;
	struct yaml_node *node = new_node(r, YAML_STR);

	node->text = arena_strndup(r->a, s, r->event.data.scalar.length);
	if (r->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE && !r->event.data.scalar.tag)
		node->kind = plain_kind(node->text);
	return node;
}

static struct yaml_node *read_list(struct reader *r, unsigned depth)
{
	struct yaml_node *list = new_node(r, YAML_LIST), **tail = &list->first;

	while (next(r) && r->event.type != YAML_SEQUENCE_END_EVENT) {
		*tail = read_node(r, depth + 1);
		if (!*tail)
			break;
		tail = &(*tail)->next;
	}
	return list;
}

static struct yaml_node *read_map(struct reader *r, unsigned depth)
{
	struct yaml_node *map = new_node(r, YAML_MAP), **tail = &map->first;

	while (next(r) && r->event.type != YAML_MAPPING_END_EVENT) {
		struct yaml_node *key = read_node(r, depth + 1), *value;

		if (!key || !next(r))
			break;
		value = read_node(r, depth + 1);
		if (!value)
			break;
		if (!key->text) {
			dialect_error(r->c, key->line, NULL, "a key that is no text");
			continue;
		}
		if (yaml_get(map, key->text))
			dialect_error(r->c, key->line, key->text, "stands twice");
		value->key = key->text;
		value->line = key->line;
		*tail = value;
		tail = &value->next;
	}
	return map;
}

/* The node that r->event begins; NULL: an error ends the reading. */
static struct yaml_node *read_node(struct reader *r, unsigned depth)
{
	if (depth > MAX_DEPTH) {
		dialect_error(r->c, (unsigned)(r->event.start_mark.line + 1), NULL,
			      "more than %d lists and maps within each other", MAX_DEPTH);
		r->broken = true;
	}
	if (r->broken)
		return NULL;
	switch (r->event.type) {
	case YAML_SCALAR_EVENT:
		return read_scalar(r);
	case YAML_SEQUENCE_START_EVENT:
		return read_list(r, depth);
	case YAML_MAPPING_START_EVENT:
		return read_map(r, depth);
	case YAML_ALIAS_EVENT:
		return new_node(r, YAML_ALIAS);
	default:
		return NULL;
	}
}

static struct yaml_node *read_document(struct reader *r)
{
	struct yaml_node *top = NULL;

	if (!next(r) || !next(r)) /* the stream's start, the document's */
		return NULL;
	if (r->event.type == YAML_STREAM_END_EVENT)
		return NULL;
	if (!next(r))
		return NULL;
	top = read_node(r, 0);
	if (r->broken || !next(r) || !next(r)) /* the document's end */
		return NULL;
	if (r->event.type != YAML_STREAM_END_EVENT)
		dialect_error(r->c, (unsigned)(r->event.start_mark.line + 1), NULL,
			      "a second document begins");
	return top;
}

struct yaml_node *yaml_read(struct dialect_check *c, struct arena *a)
{
	struct reader r = { .c = c, .a = a };
	size_t before = c->errors->n;
	struct yaml_node *top;

	if (!yaml_parser_initialize(&r.parser))
		abort();
	yaml_parser_set_input_string(&r.parser, (const unsigned char *)c->text, c->len);
	yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
	top = read_document(&r);
	yaml_event_delete(&r.event);
	yaml_parser_delete(&r.parser);
	return c->errors->n > before ? NULL : top;
}

const struct yaml_node *yaml_get(const struct yaml_node *map, const char *key)
{
	const struct yaml_node *n = map && map->kind == YAML_MAP ? map->first : NULL;

	while (n && strcmp(n->key, key) != 0)
		n = n->next;
	return n;
}
