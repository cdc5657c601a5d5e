/* CSV as RFC 4180 has it. */
#include "base/util.h"
#include "template/table.h"

struct csv {
	const char *s;
	size_t len, i;
	struct tmpl_at at;
	struct tmpl_errors *errors;
	struct buf field;
	char **names;
	size_t n_names, cap;
};

enum field_end { NEXT_FIELD, NEXT_RECORD, BROKEN };

static bool at_newline(const struct csv *c)
{
	return c->s[c->i] == '\n' || (c->s[c->i] == '\r' && c->i + 1 < c->len && c->s[c->i + 1] == '\n');
}

/* Past the comma or the line's end behind a field. */
static enum field_end end_field(struct csv *c)
{
	if (c->i == c->len)
		return NEXT_RECORD;
	if (c->s[c->i] == ',') {
		c->i++;
		return NEXT_FIELD;
	}
	if (!at_newline(c)) {
		tmpl_error(c->errors, c->at, NULL, "text behind the quote that closes a field");
		return BROKEN;
	}
	c->i += c->s[c->i] == '\r' ? 2 : 1;
	c->at.line++;
	return NEXT_RECORD;
}

static enum field_end read_quoted(struct csv *c)
{
	struct tmpl_at from = c->at;

	for (c->i++; c->i < c->len; c->i++) {
		if (c->s[c->i] == '"' && !(c->i + 1 < c->len && c->s[c->i + 1] == '"')) {
			c->i++;
			return end_field(c);
		}
		c->i += c->s[c->i] == '"';
		c->at.line += c->s[c->i] == '\n';
		buf_addc(&c->field, c->s[c->i]);
	}
	tmpl_error(c->errors, from, NULL, "a quote that nothing closes");
	return BROKEN;
}

static enum field_end read_field(struct csv *c)
{
	c->field.len = 0;
	if (c->i < c->len && c->s[c->i] == '"')
		return read_quoted(c);
	for (; c->i < c->len && c->s[c->i] != ',' && !at_newline(c); c->i++) {
		if (c->s[c->i] == '"') {
			tmpl_error(c->errors, c->at, NULL, "a quote within a field that has none around it");
			return BROKEN;
		}
		buf_addc(&c->field, c->s[c->i]);
	}
	return end_field(c);
}

static const char *field_text(const struct csv *c)
{
	return c->field.len ? buf_str(&c->field) : "";
}

static void add_name(struct csv *c, struct tmpl_at at)
{
	const char *name = field_text(c);

	if (!tmpl_name_ok(name))
		/* Without that line it is a value, maybe a password. */
		tmpl_error(c->errors, at, NULL, "column %zu has no name (letters, digits, _ and -)",
			   c->n_names + 1);
	for (size_t i = 0; i < c->n_names; i++)
		if (strcmp(c->names[i], name) == 0)
			tmpl_error(c->errors, at, name, "names two columns");
	xgrow(&c->names, &c->cap, c->n_names, sizeof(*c->names));
	c->names[c->n_names++] = xstrdup(name);
}

static bool read_names(struct csv *c)
{
	struct tmpl_at at = c->at;
	enum field_end end;

	do {
		end = read_field(c);
		if (end != BROKEN)
			add_name(c, at);
	} while (end == NEXT_FIELD);
	return end != BROKEN;
}

/* False where the record can't be read to its end, so that nothing behind it can. */
static bool read_record(struct csv *c, json_t *values)
{
	struct tmpl_at at = c->at;
	enum field_end end;
	size_t n = 0;

	do {
		end = read_field(c);
		if (end == BROKEN)
			return false;
		if (n < c->n_names && c->field.len &&
		    json_object_set_new(values, c->names[n], json_stringn(c->field.data, c->field.len)))
			tmpl_error(c->errors, at, c->names[n], "is not UTF-8");
		n++;
	} while (end == NEXT_FIELD);
	if (n != c->n_names)
		tmpl_error(c->errors, at, NULL, "%zu fields, and the first line names %zu", n, c->n_names);
	return true;
}

static void parse(struct csv *c, struct tmpl_table *ret)
{
	bool go_on = read_names(c);

	while (go_on && c->i < c->len) {
		struct tmpl_row *row;

		if (at_newline(c)) { /* an empty line */
			end_field(c);
			continue;
		}
		row = tmpl_table_add(ret, json_object());
		row->line = c->at.line;
		go_on = read_record(c, row->values);
	}
}

void tmpl_table_csv(const char *name, const char *text, size_t len, struct tmpl_table *ret,
		    struct tmpl_errors *errors)
{
	struct csv c = { .s = text, .len = len, .at = { name, 1 }, .errors = errors };

	parse(&c, ret);
	for (size_t i = 0; i < c.n_names; i++)
		free(c.names[i]);
	free(c.names);
	buf_clear(&c.field);
}
