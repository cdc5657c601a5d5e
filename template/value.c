#include "template/value.h"

#include "base/util.h"

json_t *tmpl_value_first(const struct tmpl_values *values, const char *name)
{
	for (const struct tmpl_scope *s = values->scope; s; s = s->outer)
		if (strcmp(s->name, name) == 0)
			return s->value;
	for (size_t i = 0; i < ARRAY_SIZE(values->in->values); i++) {
		json_t *v = json_object_get(values->in->values[i], name);

		if (v && !json_is_null(v))
			return v;
	}
	return json_object_get(values->defaults, name);
}

json_t *tmpl_value_find(const struct tmpl_values *values, const struct tmpl_ref *ref)
{
	json_t *v = tmpl_value_first(values, ref->path[0]);

	for (size_t i = 1; v && ref->path[i]; i++)
		v = json_object_get(v, ref->path[i]);
	return json_is_null(v) ? NULL : v;
}

const char *tmpl_value_nearest(const struct tmpl_values *values, const char *name)
{
	auto_free const char **names = NULL;
	size_t n = 0, cap = 0;
	const char *key;
	json_t *objects[] = { values->in->values[0], values->in->values[1], values->defaults }, *v;

	for (const struct tmpl_scope *s = values->scope; s; s = s->outer) {
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

bool tmpl_value_text(json_t *v, struct buf *b)
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
			if (json_is_array(e) || json_is_object(e) || !tmpl_value_text(e, b))
				return false;
		}
		return true;
	default:
		return false;
	}
}
