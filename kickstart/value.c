/* Values of option rows: where they are stored, read from words, and told from "not given". */
#include "base/util.h"
#include "kickstart/value.h"

void *ks_opt_at(const struct ks_cmd *cmd, const struct ks_opt *opt, void *data)
{
	if (cmd->size)
		return (char *)data + opt->offset;
	return &((struct ks_other *)data)->values[opt - cmd->opts];
}

bool ks_opt_is_argument(const struct ks_opt *opt)
{
	return opt->name[0] != '-';
}

bool ks_opt_given(const struct ks_cmd *cmd, const struct ks_opt *opt, const void *data)
{
	size_t row = (size_t)(opt - cmd->opts);
	const struct ks_at *at = data;
	const void *p = ks_opt_at(cmd, opt, (void *)(uintptr_t)data);

	if (at->set[row / 64] >> (row % 64) & 1)
		return true;
	switch (opt->type) {
	case KS_FLAG:
		return *(const bool *)p;
	case KS_INT:
		return *(const int64_t *)p != opt->none;
	case KS_LIST:
		return ((const struct ks_list *)p)->n > 0;
	default:
		return *(const char *const *)p != NULL;
	}
}

bool ks_opt_known(const struct ks_opt *opt, enum ks_version version)
{
	return !opt->versions || KS_HAS(opt->versions, version);
}

void ks_cmd_defaults(const struct ks_cmd *cmd, void *data)
{
	for (const struct ks_opt *o = cmd->opts; o && o->name; o++)
		if (o->type == KS_INT)
			*(int64_t *)ks_opt_at(cmd, o, data) = o->none;
}

void *ks_cmd_push(struct ks *ks, const struct ks_cmd *cmd)
{
	void *array = (char *)ks + cmd->offset;
	size_t *n = (size_t *)((char *)ks + cmd->n_offset);
	void *data = arena_push(&ks->arena, array, n, cmd->size);

	ks_cmd_defaults(cmd, data);
	return data;
}

static struct ks_other *find_other(struct ks *ks, const struct ks_cmd *cmd)
{
	for (size_t i = 0; i < ks->n_others; i++)
		if (ks->others[i].cmd == cmd)
			return &ks->others[i];
	return NULL;
}

void *ks_cmd_data(struct ks *ks, const struct ks_cmd *cmd)
{
	return cmd->size ? (char *)ks + cmd->offset : (void *)find_other(ks, cmd);
}

void *ks_cmd_begin(struct ks *ks, const struct ks_cmd *cmd)
{
	struct ks_other *other;
	size_t rows = 0;

	if (cmd->size)
		return cmd->repeats ? ks_cmd_push(ks, cmd) : (char *)ks + cmd->offset;
	other = cmd->repeats ? NULL : find_other(ks, cmd);
	if (other)
		return other;
	while (cmd->opts && cmd->opts[rows].name)
		rows++;
	other = arena_push(&ks->arena, &ks->others, &ks->n_others, sizeof(*other));
	other->cmd = cmd;
	other->values = arena_alloc(&ks->arena, (rows + 1) * sizeof(*other->values));
	ks_cmd_defaults(cmd, other);
	return other;
}

static union ks_value *other_value(const struct ks_other *other, const char *name)
{
	for (const struct ks_opt *o = other->cmd->opts; o->name; o++)
		if (strcmp(o->name, name) == 0)
			return &other->values[o - other->cmd->opts];
	return NULL;
}

const char *ks_other_word(const struct ks_other *other, const char *name)
{
	const union ks_value *v = other_value(other, name);

	return v ? v->word : NULL;
}

void ks_other_set_word(struct ks_other *other, const char *name, const char *word)
{
	other_value(other, name)->word = word;
}

int64_t ks_other_number(const struct ks_other *other, const char *name)
{
	const union ks_value *v = other_value(other, name);

	return v ? v->number : -1;
}

struct ks_list ks_other_list(const struct ks_other *other, const char *name)
{
	const union ks_value *v = other_value(other, name);

	return v ? v->list : (struct ks_list){ 0 };
}

void ks_list_add(struct ks *ks, struct ks_list *list, const char *word)
{
	/* Room for n + 1 and the NULL: the array doubles at every power of two. */
	if ((list->n & (list->n + 1)) == 0) {
		const char **v = arena_alloc(&ks->arena, 2 * (list->n + 1) * sizeof(*v));

		if (list->n)
			memcpy(v, list->v, list->n * sizeof(*v));
		list->v = v;
	}
	list->v[list->n++] = word;
	list->v[list->n] = NULL;
}

bool ks_list_has(const struct ks_list *list, const char *word)
{
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->v[i], word) == 0)
			return true;
	return false;
}

void ks_list_split(struct ks *ks, const char *text, const char *seps, struct ks_list *ret, bool append)
{
	if (!append)
		*ret = (struct ks_list){ 0 };
	while (*text) {
		size_t len = strcspn(text, seps);

		while (seps[1] && text[len] == seps[1]) {
			const char *close = strchr(text + len + 1, seps[1]);

			len = close ? (size_t)(close + 1 - text) : strlen(text);
			len += strcspn(text + len, seps);
		}
		const char *from = text, *to = text + len;

		text += len + (text[len] != '\0');
		while (from < to && (*from == ' ' || *from == '\t'))
			from++;
		while (to > from && (to[-1] == ' ' || to[-1] == '\t'))
			to--;
		if (to > from)
			ks_list_add(ks, ret, arena_strndup(&ks->arena, from, (size_t)(to - from)));
	}
}

/* Python's int(): blanks around, a sign, decimal digits with single underscores between. */
bool ks_value_int(const char *s, int64_t *ret)
{
	bool negative;
	int64_t v = 0;
	bool digit = false;

	while (*s && strchr(" \t\r\n\v\f", *s))
		s++;
	negative = *s == '-';
	if (*s == '-' || *s == '+')
		s++;
	for (; (*s >= '0' && *s <= '9') || (*s == '_' && digit); s++) {
		digit = *s != '_';
		if (digit && (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, *s - '0', &v)))
			return false;
	}
	while (*s && strchr(" \t\r\n\v\f", *s))
		s++;
	if (!digit || *s)
		return false;
	*ret = negative ? -v : v;
	return true;
}

static bool store_int(struct ks_line *line, const struct ks_opt *opt, const char *value, int64_t *ret)
{
	int64_t v;

	if (!ks_value_int(value, &v)) {
		/* What has no effect any more is not looked at. */
		if (KS_HAS(opt->deprecated, line->version))
			return false;
		ks_line_error(line, opt->name, "\"%s\" is not a whole number", value);
		return false;
	}
	if ((opt->min || opt->max) && (v < opt->min || v > opt->max)) {
		ks_line_error(line, opt->name, "%lld is out of range: from %lld to %lld are allowed",
			      (long long)v, (long long)opt->min, (long long)opt->max);
		return false;
	}
	*ret = v;
	return true;
}

static bool is_bool(const char *s)
{
	static const char *const words[] = { "on", "yes", "true", "1", "off", "no", "false", "0" };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strcasecmp(s, words[i]) == 0)
			return true;
	return false;
}

static bool store_choice(struct ks_line *line, const struct ks_opt *opt, const char *value, const char **ret)
{
	auto_buf all = { 0 };

	for (const struct ks_choice *c = opt->choices; c->word; c++) {
		if (c->versions && !KS_HAS(c->versions, line->version))
			continue;
		if ((opt->flags & KS_ANY_CASE ? strcasecmp : strcmp)(c->word, value) == 0) {
			*ret = c->word;
			return true;
		}
		buf_addf(&all, "%s%s", all.len ? ", " : "", c->word);
	}
	if (KS_HAS(opt->deprecated, line->version)) {
		*ret = value;
		return true;
	}
	ks_line_error(line, opt->name, "\"%s\" is none of: %s", value, buf_str(&all));
	return false;
}

bool ks_value_store(struct ks_line *line, const struct ks_opt *opt, void *data, const char *value)
{
	void *p = ks_opt_at(line->cmd, opt, data);
	int64_t number;

	if (opt->flags & KS_NOT_EMPTY && !*value) {
		ks_line_error(line, opt->name, "the value is empty");
		return false;
	}
	if (opt->convert && !opt->convert(line, opt, &value))
		return false;
	switch (opt->type) {
	case KS_FLAG:
		*(bool *)p = true;
		return true;
	case KS_INT:
		return store_int(line, opt, value, p);
	case KS_LIST:
		if (opt->flags & KS_APPEND && !ks_line_has(line, opt) && !opt->pool)
			*(struct ks_list *)p = (struct ks_list){ 0 };
		if (opt->flags & KS_WHOLE)
			ks_list_add(line->ks, p, value);
		else
			ks_list_split(line->ks, value, opt->flags & KS_QUOTED ? ",'" : ",", p,
				      opt->flags & KS_APPEND);
		return true;
	case KS_CHOICE:
		return store_choice(line, opt, value, p);
	case KS_BOOL:
		if (!is_bool(value)) {
			ks_line_error(line, opt->name, "\"%s\" is neither yes nor no", value);
			return false;
		}
		*(const char **)p = value;
		return true;
	case KS_STRING:
		if (opt->flags & KS_NUMBER && !ks_value_int(value, &number))
			ks_line_fault(line, opt->name, "\"%s\" is not a whole number", value);
		*(const char **)p = value;
	}
	return true;
}
