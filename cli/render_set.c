#include "cli/render_set.h"

#include "base/util.h"
#include "cli/ks_read.h"
#include "template/template.h"

static json_t *read_value(const char *name, const char *value, bool file, struct err *err)
{
	auto_buf b = { 0 };
	json_t *v;

	if (!file) {
		buf_adds(&b, value);
	} else {
		if (ks_read_text(value, &b, err))
			return NULL;
		if (b.len && b.data[b.len - 1] == '\n')
			b.len--;
	}
	v = json_stringn(buf_str(&b), b.len);
	if (!v)
		err_set(err, ERR_USAGE, "the value of %s is not UTF-8", name);
	return v;
}

int render_read_set(const struct argv *words, bool files, json_t *ret, struct err *err)
{
	for (size_t i = 0; i < words->n; i++) {
		const char *eq = strchr(words->v[i], '=');
		auto_free char *name = eq ? xstrndup(words->v[i], (size_t)(eq - words->v[i])) : NULL;
		json_t *v;

		/* The word itself may be a secret without its name. */
		if (!name)
			return err_set(err, ERR_USAGE, "--set%s wants NAME=%s", files ? "-file" : "",
				       files ? "FILE" : "VALUE");
		if (!tmpl_name_ok(name))
			return err_set(err, ERR_USAGE, "\"%s\" is no name (letters, digits, _ and -)", name);
		if (json_object_get(ret, name))
			return err_set(err, ERR_USAGE, "%s is set twice", name);
		v = read_value(name, eq + 1, files, err);
		if (!v)
			return -(int)err->code;
		json_object_set_new(ret, name, v);
	}
	return 0;
}

int render_read_hash(const struct argv *names, const json_t *const *objects, size_t n, json_t *ret,
		     struct err *err)
{
	for (size_t i = 0; i < names->n; i++) {
		bool found = false;

		for (size_t k = 0; !found && k < n; k++)
			found = json_object_get(objects[k], names->v[i]);
		if (!found)
			return err_set(err, ERR_USAGE, "--hash %s: that name has no value", names->v[i]);
		json_object_set_new(ret, names->v[i], json_true());
	}
	return 0;
}
