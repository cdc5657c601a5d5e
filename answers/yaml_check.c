/* YAML nodes against the rows that say what may stand where. */
#include "answers/yaml.h"
#include "base/util.h"

static const char *kind_name(unsigned kind)
{
	switch (kind) {
	case YAML_NULL:
		return "nothing";
	case YAML_BOOL:
		return "true or false";
	case YAML_INT:
		return "a number";
	case YAML_FLOAT:
		return "a fraction";
	case YAML_STR:
		return "a text";
	case YAML_LIST:
		return "a list";
	default:
		return "a map";
	}
}

static void wrong_kind(struct dialect_check *c, const struct yaml_node *node, const char *word,
		       unsigned kinds)
{
	auto_buf want = { 0 };

	for (unsigned k = YAML_NULL; k <= YAML_MAP; k <<= 1)
		if (kinds & k)
			buf_addf(&want, "%s%s", want.len ? " or " : "", kind_name(k));
	/* It may be a password: it isn't shown. */
	dialect_error(c, node->line, word, "is %s, and %s is wanted%s", kind_name(node->kind), buf_str(&want),
		      node->text && (kinds & YAML_STR) ? ": put it in quotes" : "");
}

static const struct yaml_rule *rule_of(const struct yaml_rule *rules, const char *key)
{
	for (; rules->key; rules++)
		if (strcmp(rules->key, key) == 0 || strcmp(rules->key, "*") == 0)
			return rules;
	return NULL;
}

static void unknown_key(struct dialect_check *c, const struct yaml_node *node, const struct yaml_rule *rules)
{
	const char *names[128], *near;
	size_t n = 0;

	for (; n < ARRAY_SIZE(names) && rules[n].key; n++)
		names[n] = rules[n].key;
	near = str_nearest(node->key, names, n);
	dialect_warn(c, node->line, node->key, "is not known here%s%s%s", near ? "; did you mean " : "",
		     near ? near : "", near ? "?" : "");
}

static void check_map(struct dialect_check *c, const struct yaml_node *map, const char *word,
		      const struct yaml_rule *rules)
{
	for (const struct yaml_node *n = map->first; n; n = n->next) {
		const struct yaml_rule *rule = rule_of(rules, n->key);

		/* A merge key's values are somewhere else. */
		if (strcmp(n->key, "<<") == 0)
			return;
		if (rule)
			yaml_check(c, n, rule);
		else
			unknown_key(c, n, rules);
	}
	for (; rules->key; rules++)
		if (rules->needed && !yaml_get(map, rules->key))
			dialect_error(c, map->line, word, "%s is needed here", rules->key);
}

static void check_one(struct dialect_check *c, const struct yaml_node *node, const char *word, unsigned kinds,
		      const struct yaml_rule *rule)
{
	const char *wrong = NULL;

	if (node->kind == YAML_ALIAS)
		return;
	if (!(node->kind & kinds)) {
		wrong_kind(c, node, word, kinds);
		return;
	}
	if (node->kind == YAML_STR && rule->text)
		wrong = rule->text(node->text);
	if (wrong)
		dialect_error(c, node->line, word, "%s", wrong);
	if (node->kind == YAML_MAP && rule->keys)
		check_map(c, node, word, rule->keys);
}

void yaml_check(struct dialect_check *c, const struct yaml_node *node, const struct yaml_rule *rule)
{
	const char *word = node->key ? node->key : rule->key;

	check_one(c, node, word, rule->kinds, rule);
	if (node->kind != YAML_LIST || !(rule->kinds & YAML_LIST))
		return;
	for (const struct yaml_node *n = node->first; n; n = n->next)
		check_one(c, n, word, rule->items ? rule->items : UINT32_MAX, rule);
}

void dialect_check_yaml(struct dialect_check *c)
{
	struct arena a = { 0 };

	yaml_read(c, &a);
	arena_clear(&a);
}
