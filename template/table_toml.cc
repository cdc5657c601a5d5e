/* TOML host tables, through toml++: the only C or C++ library of it that Debian has with a release that is
 * kept. */
#include "template/table_toml.h"

#include <cstdlib>
#include <cstring>
#include <sstream>
#include <string>
#include <string_view>

/* What it takes for granted of odd text it finds wrong a step later, and throws. */
#define TOML_ASSERT(expr) static_cast<void>(0)
#include <toml++/toml.h>

static json_t *to_json(const toml::node &node);

static json_t *of_table(const toml::table &table)
{
	json_t *o = json_object();

	for (auto &&[key, value] : table)
		json_object_set_new(o, std::string(key.str()).c_str(), to_json(value));
	json_object_set_new(o, TOML_LINE, json_integer(static_cast<json_int_t>(table.source().begin.line)));
	return o;
}

static json_t *of_array(const toml::array &array)
{
	json_t *a = json_array();

	for (auto &&value : array)
		json_array_append_new(a, to_json(value));
	return a;
}

/* Dates and times as TOML writes them. */
template <typename T> static json_t *of_text(const T &value)
{
	std::ostringstream s;

	s << value;
	return json_string(s.str().c_str());
}

static json_t *to_json(const toml::node &node)
{
	if (auto *t = node.as_table())
		return of_table(*t);
	if (auto *a = node.as_array())
		return of_array(*a);
	if (auto *s = node.as_string())
		return json_stringn(s->get().data(), s->get().size());
	if (auto *i = node.as_integer())
		return json_integer(i->get());
	if (auto *f = node.as_floating_point())
		return json_real(f->get());
	if (auto *b = node.as_boolean())
		return json_boolean(b->get());
	if (auto *d = node.as_date())
		return of_text(d->get());
	if (auto *t = node.as_time())
		return of_text(t->get());
	if (auto *dt = node.as_date_time())
		return of_text(dt->get());
	return json_null();
}

extern "C" json_t *toml_read(const char *text, size_t len, char **ret_error, unsigned *ret_line)
{
	try {
		return of_table(toml::parse(std::string_view(text, len)));
	} catch (const toml::parse_error &e) {
		*ret_error = strdup(std::string(e.description()).c_str());
		*ret_line = static_cast<unsigned>(e.source().begin.line);
	} catch (const std::exception &e) {
		*ret_error = strdup(e.what());
		*ret_line = 0;
	}
	return nullptr;
}
