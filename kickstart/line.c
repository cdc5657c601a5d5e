/* One line by the tables: which command, which options, which arguments. The rules are those of argparse. */
#include <ctype.h>
#include <stdarg.h>

#include "base/util.h"
#include "kickstart/value.h"

static void line_diag(struct ks_line *line, enum ks_severity severity, const char *word, const char *fmt,
		      va_list ap)
{
	auto_buf reason = { 0 };

	buf_vaddf(&reason, fmt, ap);
	ks_diag_add(line->diags, severity, line->file, line->number, word ? word : line->cmd->name, "%s",
		    buf_str(&reason));
}

void ks_line_error(struct ks_line *line, const char *word, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	line_diag(line, KS_ERROR, word, fmt, ap);
	va_end(ap);
	line->errors++;
}

void ks_line_warn(struct ks_line *line, const char *word, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	line_diag(line, KS_WARNING, word, fmt, ap);
	va_end(ap);
}

static bool knows(const struct ks_line *line, const struct ks_opt *opt)
{
	return ks_opt_known(opt, line->version);
}

bool ks_line_gave(const struct ks_line *line, const char *name)
{
	for (const struct ks_opt *o = line->cmd->opts; o && o->name; o++) {
		size_t row = (size_t)(o - line->cmd->opts);

		if (strcmp(o->name, name) == 0 && (line->set[row / 64] >> (row % 64) & 1))
			return true;
	}
	return false;
}

/* "removed in F41", "known from RHEL8 on" or nothing, within the line of products (Fedora or RHEL). */
static void say_when(const struct ks_line *line, ks_versions set, struct buf *b)
{
	int from = line->version >= KS_RHEL3 ? KS_RHEL3 : KS_FC3, to = from == KS_RHEL3 ? KS_RHEL10 : KS_F45;
	int last = 0, next = 0;

	for (int v = from; v < (int)line->version; v++)
		if (KS_HAS(set, v))
			last = v;
	for (int v = to; v > (int)line->version; v--)
		if (KS_HAS(set, v))
			next = v;
	if (last)
		buf_addf(b, "removed in %s", ks_version_name((enum ks_version)(last + 1)));
	else if (next)
		buf_addf(b, "known from %s on", ks_version_name((enum ks_version)next));
}

static void unknown_option(struct ks_line *line, const char *name)
{
	const char *names[128], *near;
	size_t n = 0;
	auto_buf when = { 0 };

	for (const struct ks_opt *o = line->cmd->opts; o && o->name; o++) {
		if (!knows(line, o) && (strcmp(o->name, name) == 0 || str_eq(o->alias, name)))
			say_when(line, o->versions, &when);
		else if (knows(line, o) && !ks_opt_is_argument(o) && n < ARRAY_SIZE(names))
			names[n++] = o->name;
	}
	near = when.len ? NULL : str_nearest(name, names, n);
	if (when.len)
		ks_line_error(line, name, "%s has no such option in %s: %s", line->cmd->name,
			      ks_version_name(line->version), buf_str(&when));
	else if (near)
		ks_line_error(line, name, "%s has no such option; did you mean %s?", line->cmd->name, near);
	else
		ks_line_error(line, name, "%s has no such option", line->cmd->name);
}

/*
 * The row for an option's name of len bytes: exact, or the only one that starts so. NULL after an error; also
 * NULL, without one, where *ret_unknown.
 */
static const struct ks_opt *find_option(struct ks_line *line, const char *name, size_t len, bool *ret_unknown)
{
	const struct ks_opt *found = NULL;
	auto_buf all = { 0 };

	*ret_unknown = false;
	for (const struct ks_opt *o = line->cmd->opts; o && o->name; o++) {
		if (o->name[0] != '-' || !knows(line, o))
			continue;
		for (const char *n = o->name; n; n = n == o->name ? o->alias : NULL) {
			if (strncmp(n, name, len) != 0)
				continue;
			if (!n[len])
				return o;
			buf_addf(&all, "%s%s", all.len ? ", " : "", n);
			*ret_unknown = found && found != o;
			found = o;
		}
	}
	if (!found || len < 3) {
		*ret_unknown = true;
		return NULL;
	}
	if (*ret_unknown) {
		*ret_unknown = false;
		ks_line_error(line, arena_strndup(&line->ks->arena, name, len), "is short for several: %s",
			      buf_str(&all));
		return NULL;
	}
	return found;
}

/* A word that argparse takes for an option: it starts with '-', is no negative number and has no blank. */
static bool looks_like_option(const char *w)
{
	const char *s = w + 1;

	if (w[0] != '-' || !w[1])
		return false;
	s += strspn(s, "0123456789");
	if (*s == '.')
		s += 1 + strspn(s + 1, "0123456789");
	if (!*s && isdigit((unsigned char)s[-1]))
		return false;
	return !w[strcspn(w, " =")] || w[strcspn(w, " =")] == '=';
}

static void note_repeat(struct ks_line *line, const struct ks_opt *opt, const struct ks_at *at)
{
	struct ks *ks = line->ks;
	struct ks_repeat *r = arena_push(&ks->arena, &ks->repeats, &ks->n_repeats, sizeof(*r));

	r->at.file = line->file;
	r->at.line = line->number;
	r->command = line->cmd->name;
	r->word = opt->name;
	r->before = at->line;
}

static void give(struct ks_line *line, const struct ks_opt *opt, void *data, const char *value)
{
	size_t row = (size_t)(opt - line->cmd->opts);
	struct ks_at *at = data;
	uint64_t bit = UINT64_C(1) << (row % 64);
	const void *p = ks_opt_at(line->cmd, opt, data);

	if (KS_HAS(opt->deprecated, line->version))
		ks_line_warn(line, opt->name, "is deprecated in %s", ks_version_name(line->version));
	if (at->set[row / 64] & bit && at->line && at->line != line->number &&
	    (opt->type == KS_STRING || opt->type == KS_CHOICE) && value &&
	    !str_eq(*(const char *const *)p, value))
		note_repeat(line, opt, at);
	if (!ks_value_store(line, opt, data, value))
		return;
	line->set[row / 64] |= bit;
}

/* Use words[*i], an option, and its value. */
static void take_option(struct ks_line *line, void *data, size_t *i)
{
	char *word = line->words[*i];
	char *eq = strchr(word, '=');
	size_t len = eq ? (size_t)(eq - word) : strlen(word);
	bool unknown;
	const struct ks_opt *opt = find_option(line, word, len, &unknown);
	const char *value = NULL;

	if (unknown)
		unknown_option(line, arena_strndup(&line->ks->arena, word, len));
	if (opt && opt->type == KS_FLAG) {
		if (eq)
			ks_line_error(line, opt->name, "takes no value, found \"%s\"", eq + 1);
		else
			give(line, opt, data, NULL);
		return;
	}
	if (eq)
		value = eq + 1;
	else if (opt && *i + 1 < line->n_words && !looks_like_option(line->words[*i + 1]))
		value = line->words[++*i];
	if (!opt)
		return;
	if (!value && opt->flags & KS_OPTIONAL)
		value = "";
	if (!value)
		ks_line_error(line, opt->name, "a value is missing");
	else
		give(line, opt, data, value);
}

/* Words of such commands may be secret, wherever they stand. */
static bool has_secret(const struct ks_cmd *cmd)
{
	for (const struct ks_opt *o = cmd->opts; o && o->name; o++)
		if (o->flags & (KS_SECRET | KS_SECRET_TAIL))
			return true;
	return false;
}

/* Store an argument in the next argument row; lists take all that is left. */
static void take_argument(struct ks_line *line, void *data, const struct ks_opt **next, const char *word)
{
	const struct ks_opt *o = *next ? *next : line->cmd->opts;
	const char **joined;
	size_t row;

	if (o && o > line->cmd->opts && o[-1].flags & KS_JOIN) {
		joined = ks_opt_at(line->cmd, o - 1, data);
		*joined = arena_printf(&line->ks->arena, "%s %s", *joined, word);
		return;
	}

	while (o && o->name && (!ks_opt_is_argument(o) || !knows(line, o)))
		o++;
	if (!o || !o->name) {
		ks_line_error(line, has_secret(line->cmd) ? NULL : word,
			      has_secret(line->cmd) ? "a word too many: texts with blanks stand in quotes"
						    : "is unexpected here");
		*next = o;
		return;
	}
	if (o->type != KS_LIST) {
		give(line, o, data, word);
		*next = o + 1;
		return;
	}
	row = (size_t)(o - line->cmd->opts);
	if (!(line->set[row / 64] >> (row % 64) & 1))
		*(struct ks_list *)ks_opt_at(line->cmd, o, data) = (struct ks_list){ 0 };
	line->set[row / 64] |= UINT64_C(1) << (row % 64);
	if (!o->convert || o->convert(line, o, &word))
		ks_list_add(line->ks, ks_opt_at(line->cmd, o, data), word);
	*next = o;
}

static void check_rows(struct ks_line *line)
{
	const char *in_group[8] = { 0 };

	for (const struct ks_opt *o = line->cmd->opts; o && o->name; o++) {
		size_t row = (size_t)(o - line->cmd->opts);
		bool given = line->set[row / 64] >> (row % 64) & 1;

		if (!given && KS_HAS(o->required, line->version) && knows(line, o))
			ks_line_error(line, NULL, "%s is missing", o->name);
		if (!given || !o->group)
			continue;
		if (in_group[o->group])
			ks_line_error(line, o->name, "contradicts %s", in_group[o->group]);
		in_group[o->group] = o->name;
	}
}

void ks_line_options(struct ks_line *line, void *data)
{
	const struct ks_opt *next = NULL;
	struct ks_at *at = data;
	bool ended = line->cmd->raw;
	size_t before = line->errors;

	line->set[0] = line->set[1] = 0;
	for (size_t i = 1; i < line->n_words; i++) {
		if (!ended && strcmp(line->words[i], "--") == 0)
			ended = true;
		else if (!ended && looks_like_option(line->words[i]))
			take_option(line, data, &i);
		else
			take_argument(line, data, &next, line->words[i]);
	}
	if (line->errors == before)
		check_rows(line);
	at->file = line->file;
	at->line = line->number;
	at->set[0] |= line->set[0];
	at->set[1] |= line->set[1];
	if (line->errors == before && line->cmd->check)
		line->cmd->check(line, data);
}

const struct ks_cmd *ks_cmd_find(const struct ks_cmd *const *list, const char *name)
{
	for (; *list; list++)
		if ((*list)->name[0] == name[0] && strcmp((*list)->name, name) == 0)
			return *list;
	return NULL;
}

static void unknown_command(struct ks_line *line, const struct ks_cmd *const *list,
			    const struct ks_cmd *other)
{
	const char *names[192] = { 0 }, *near, *word = line->words[0];
	size_t n = 0;
	auto_buf when = { 0 };

	for (; *list && n < ARRAY_SIZE(names); list++)
		if (KS_HAS((*list)->versions, line->version))
			names[n++] = (*list)->name;
	if (other)
		say_when(line, other->versions, &when);
	near = str_nearest(word, names, n);
	for (size_t i = 0; i < n; i++)
		if (strcasecmp(names[i], word) == 0)
			near = names[i];
	line->errors++;
	if (when.len)
		ks_diag_add(line->diags, KS_ERROR, line->file, line->number, word, "no command of %s: %s",
			    ks_version_name(line->version), buf_str(&when));
	else
		ks_diag_add(line->diags, KS_ERROR, line->file, line->number, word,
			    near ? "unknown command; did you mean %s?" : "unknown command", near);
}

static void check_conflicts(struct ks_line *line)
{
	if (!KS_HAS(KS_SINCE(F9, RHEL6), line->version))
		return;
	for (const char *const *c = line->cmd->conflicts; c && *c; c++) {
		const struct ks_cmd *other = ks_cmd_find(ks_commands, *c);
		const struct ks_at *at = NULL;

		if (!other)
			continue;
		if (!other->repeats || !other->size)
			at = ks_cmd_data(line->ks, other);
		else if (*(const size_t *)((const char *)line->ks + other->n_offset) > 0)
			at = *(void *const *)((const char *)line->ks + other->offset);
		if (at && at->line)
			ks_line_error(line, NULL, "can't be used together with %s on line %u", *c, at->line);
	}
}

void ks_line_run(struct ks_line *line, const struct ks_cmd *const *list)
{
	const struct ks_cmd *cmd = ks_cmd_find(list, line->words[0]);
	void *data;

	if (!cmd || !KS_HAS(cmd->versions, line->version)) {
		unknown_command(line, list, cmd);
		return;
	}
	line->cmd = cmd;
	if (KS_HAS(cmd->deprecated, line->version)) {
		ks_line_warn(line, NULL, "is deprecated in %s and has no effect",
			     ks_version_name(line->version));
		return;
	}
	check_conflicts(line);
	data = ks_cmd_begin(line->ks, cmd->same_as ? cmd->same_as : cmd);
	ks_line_options(line, data);
}
