#include "template/table.h"

#include "base/util.h"
#include "template/table_toml.h"

struct tmpl_row *tmpl_table_add(struct tmpl_table *table, json_t *values)
{
	xgrow(&table->v, &table->cap, table->n, sizeof(*table->v));
	table->v[table->n].values = values;
	return &table->v[table->n++];
}

static void parse_json(const char *name, const char *text, size_t len, struct tmpl_table *ret,
		       struct tmpl_errors *errors)
{
	json_error_t e;
	auto_json *all = json_loadb(text, len, JSON_REJECT_DUPLICATES, &e);
	struct tmpl_at at = { name, 0 };
	size_t i;
	json_t *row;

	if (!all) {
		const char *near = strstr(e.text, " near ");

		at.line = e.line > 0 ? (unsigned)e.line : 0;
		/* What it stands near may be a password. */
		tmpl_error(errors, at, NULL, "%.*s", (int)(near ? near - e.text : (long)strlen(e.text)),
			   e.text);
		return;
	}
	json_array_foreach (all, i, row) {
		if (json_is_object(row))
			tmpl_table_add(ret, json_incref(row));
		else
			tmpl_error(errors, at, NULL, "element %zu is no object", i + 1);
	}
}

/* Every key that isn't the hosts' counts for each host that doesn't have it. */
static void add_toml_row(struct tmpl_table *ret, json_t *row, json_t *all, const char *hosts)
{
	json_t *line = json_object_get(row, TOML_LINE), *v;
	unsigned number = (unsigned)json_integer_value(line);
	const char *key;

	json_object_del(row, TOML_LINE);
	json_object_foreach (all, key, v)
		if (strcmp(key, hosts) != 0 && strcmp(key, TOML_LINE) != 0 && !json_object_get(row, key))
			json_object_set(row, key, v);
	tmpl_table_add(ret, json_incref(row))->line = number;
}

/* The hosts are the one array of tables, [[host]] say. */
static const char *toml_hosts(json_t *all)
{
	const char *key, *found = NULL;
	json_t *v;

	json_object_foreach (all, key, v) {
		if (!json_is_array(v) || !json_is_object(json_array_get(v, 0)))
			continue;
		if (found)
			return strcmp(found, "host") == 0 || strcmp(key, "host") == 0 ? "host" : NULL;
		found = key;
	}
	return found;
}

static void parse_toml(const char *name, const char *text, size_t len, struct tmpl_table *ret,
		       struct tmpl_errors *errors)
{
	auto_free char *why = NULL;
	unsigned line = 0;
	auto_json *all = toml_read(text, len, &why, &line);
	const char *hosts = all ? toml_hosts(all) : NULL;
	size_t i;
	json_t *row;

	if (!all) {
		tmpl_error(errors, (struct tmpl_at){ name, line }, NULL, "%s", why);
		return;
	}
	if (!hosts) {
		tmpl_error(errors, (struct tmpl_at){ name, 0 }, NULL, "wants one [[host]] for each host");
		return;
	}
	json_array_foreach (json_object_get(all, hosts), i, row) {
		if (json_is_object(row))
			add_toml_row(ret, row, all, hosts);
		else
			tmpl_error(errors, (struct tmpl_at){ name, 0 }, hosts, "element %zu is no table",
				   i + 1);
	}
}

/* A comment, a [[table]], or NAME = ... in the first line: neither CSV nor JSON has these. */
static bool is_toml(const char *name, const char *s)
{
	size_t n;

	if (str_ends(name, ".toml"))
		return true;
	if (str_ends(name, ".csv") || str_ends(name, ".json"))
		return false;
	while (*s == '#' || *s == '\n' || *s == '\r' || *s == ' ' || *s == '\t')
		s += *s == '#' ? strcspn(s, "\n") : 1;
	if (str_starts(s, "[["))
		return s[2] != '"' && s[2] != '{' && s[2] != '[';
	n = strcspn(s, "=,\"\n");
	return s[n] == '=';
}

int tmpl_table_parse(const char *name, const char *text, size_t len, struct tmpl_table *ret,
		     struct tmpl_errors *errors)
{
	size_t before = errors->n, bom = len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0, blanks;

	text += bom;
	len -= bom;
	blanks = strspn(text, " \t\r\n");
	if (memchr(text, '\0', len))
		tmpl_error(errors, (struct tmpl_at){ name, 0 }, NULL, "holds a NUL byte");
	else if (is_toml(name, text))
		parse_toml(name, text, len, ret, errors);
	else if (blanks < len && text[blanks] == '[')
		parse_json(name, text + blanks, len - blanks, ret, errors);
	else
		tmpl_table_csv(name, text, len, ret, errors);
	if (errors->n == before && !ret->n)
		tmpl_error(errors, (struct tmpl_at){ name, 0 }, NULL, "holds no hosts");
	return errors->n > before ? -ERR_INPUT : 0;
}

void tmpl_table_clear(struct tmpl_table *table)
{
	for (size_t i = 0; i < table->n; i++)
		json_decref(table->v[i].values);
	free(table->v);
	*table = (struct tmpl_table){ 0 };
}
