#include "guest/xlcfg.h"

#include <ctype.h>

#include "base/util.h"

struct reader {
	const char *name, *p;
	unsigned line;
	struct err *err;
};

static int wrong(struct reader *r, const char *what)
{
	return err_set(r->err, ERR_INPUT, "%s:%u: %s\n", r->name, r->line, what);
}

/* Blanks and comments; newlines too inside a list. */
static void skip(struct reader *r, bool lines)
{
	for (;; r->p++) {
		if (*r->p == '#')
			while (r->p[1] && r->p[1] != '\n')
				r->p++;
		else if (*r->p == '\n' && lines)
			r->line++;
		else if (*r->p == '\\' && r->p[1] == '\n')
			r->line++, r->p++;
		else if (*r->p != ' ' && *r->p != '\t' && *r->p != '\r')
			return;
	}
}

static json_t *read_string(struct reader *r)
{
	char quote = *r->p++;
	auto_buf b = { 0 };
	json_t *v;

	for (; *r->p != quote; r->p++) {
		if (!*r->p || *r->p == '\n') {
			wrong(r, "a string without its end");
			return NULL;
		}
		if (*r->p == '\\' && r->p[1] && strchr("\\'\"", r->p[1]))
			r->p++;
		buf_addc(&b, *r->p);
	}
	r->p++;
	v = json_string(buf_str(&b));
	if (!v)
		wrong(r, "a string that is not UTF-8");
	return v;
}

static json_t *read_number(struct reader *r)
{
	char *end;
	long long v = strtoll(r->p, &end, 0);

	r->p = end;
	return json_integer(v);
}

static json_t *read_value(struct reader *r, bool in_list);

static json_t *read_list(struct reader *r)
{
	json_t *list = json_array();

	for (r->p++;;) {
		json_t *v;

		skip(r, true);
		if (*r->p == ']') {
			r->p++;
			return list;
		}
		v = read_value(r, true);
		if (v)
			json_array_append_new(list, v);
		skip(r, true);
		if (v && *r->p == ',')
			r->p++;
		else if (!v || *r->p != ']') {
			if (v)
				wrong(r, "a list without its ]");
			json_decref(list);
			return NULL;
		}
	}
}

static json_t *read_value(struct reader *r, bool in_list)
{
	if (*r->p == '"' || *r->p == '\'')
		return read_string(r);
	if (*r->p == '[' && !in_list)
		return read_list(r);
	if (isdigit((unsigned char)*r->p) || *r->p == '-')
		return read_number(r);
	wrong(r, "wants a string, a number or a list behind =");
	return NULL;
}

static int read_line(struct reader *r, json_t *config)
{
	const char *start = r->p;
	auto_free char *key = NULL;
	bool add = false;
	json_t *v, *old;

	while (isalnum((unsigned char)*r->p) || *r->p == '_')
		r->p++;
	key = xstrndup(start, (size_t)(r->p - start));
	skip(r, false);
	if (*key && r->p[0] == '+' && r->p[1] == '=') {
		add = true;
		r->p++;
	}
	if (!*key || *r->p != '=')
		return wrong(r, "wants KEY = VALUE");
	r->p++;
	skip(r, false);
	v = read_value(r, false);
	if (!v)
		return -(int)r->err->code;
	skip(r, false);
	if (*r->p == ';')
		r->p++;
	skip(r, false);
	if (*r->p && *r->p != '\n') {
		json_decref(v);
		return wrong(r, "more than one value behind =");
	}
	old = add ? json_object_get(config, key) : NULL;
	if (json_is_array(old) && json_is_array(v)) {
		json_array_extend(old, v);
		json_decref(v);
	} else {
		json_object_set_new(config, key, v);
	}
	return 0;
}

int xlcfg_parse(const char *name, const char *text, json_t **ret, struct err *err)
{
	struct err mine = { 0 };
	struct reader r = { .name = name, .p = text, .line = 1, .err = err ? err : &mine };
	json_t *config = json_object();
	int status = 0;

	while (!status) {
		skip(&r, true);
		if (!*r.p)
			break;
		status = read_line(&r, config);
	}
	if (status)
		json_decref(config);
	else
		*ret = config;
	return status;
}

static void print_value(const json_t *v, struct buf *b)
{
	const json_t *item;
	size_t i;

	if (json_is_integer(v)) {
		buf_addf(b, "%lld", (long long)json_integer_value(v));
	} else if (json_is_string(v)) {
		buf_addc(b, '"');
		for (const char *s = json_string_value(v); *s; s++) {
			if (strchr("\\\"", *s))
				buf_addc(b, '\\');
			buf_addc(b, *s);
		}
		buf_addc(b, '"');
	} else if (!json_array_size(v)) {
		buf_adds(b, "[]");
	} else if (json_array_size(v) == 1) {
		buf_adds(b, "[ ");
		print_value(json_array_get(v, 0), b);
		buf_adds(b, " ]");
	} else {
		buf_adds(b, "[");
		json_array_foreach (v, i, item) {
			buf_adds(b, "\n\t");
			print_value(item, b);
			buf_addc(b, ',');
		}
		buf_adds(b, "\n]");
	}
}

void xlcfg_print(const json_t *config, struct buf *b)
{
	const char *key;
	json_t *v;

	json_object_foreach ((json_t *)(uintptr_t)config, key, v) {
		buf_addf(b, "%s = ", key);
		print_value(v, b);
		buf_addc(b, '\n');
	}
}

const char *xlcfg_str(const json_t *config, const char *key)
{
	return json_string_value(json_object_get(config, key));
}
