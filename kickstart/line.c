/* One line by the tables: which command, which options, which arguments. The rules are those of argparse. */
#include <ctype.h>
#include <stdarg.h>

#include "base/util.h"
#include "kickstart/again.h"
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

void ks_line_fault(struct ks_line *line, const char *word, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	line_diag(line, line->others ? KS_WARNING : KS_ERROR, word, fmt, ap);
	va_end(ap);
	line->errors += !line->others;
}

static bool knows(const struct ks_line *line, const struct ks_opt *opt)
{
	return ks_opt_known(opt, line->version);
}

bool ks_line_has(const struct ks_line *line, const struct ks_opt *opt)
{
	size_t row = (size_t)(opt - line->cmd->opts);

	return line->set[row / 64] >> (row % 64) & 1;
}

bool ks_line_gave(const struct ks_line *line, const char *name)
{
	for (const struct ks_opt *o = line->cmd->opts; o && o->name; o++)
		if (strcmp(o->name, name) == 0 && ks_line_has(line, o))
			return true;
	return false;
}

static void unknown_option(struct ks_line *line, const char *name)
{
	const char *names[128], *near;
	size_t n = 0;
	auto_buf when = { 0 };

	for (const struct ks_opt *o = line->cmd->opts; o && o->name; o++) {
		if (!knows(line, o) && (strcmp(o->name, name) == 0 || str_eq(o->alias, name)))
			ks_say_when(line, o->versions, o->instead, &when);
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
			*ret_unknown = found != NULL;
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

/* An option that the version knows starts so. */
static bool starts_option(const struct ks_line *line, const char *name, size_t len)
{
	for (const struct ks_opt *o = line->cmd->opts; o && o->name; o++)
		if (!ks_opt_is_argument(o) && knows(line, o) &&
		    (strncmp(o->name, name, len) == 0 || (o->alias && strncmp(o->alias, name, len) == 0)))
			return true;
	return false;
}

/*
 * A word that argparse takes for an option: it starts with '-', and is a known one, or no negative number and
 * without a blank.
 */
static bool looks_like_option(const struct ks_line *line, const char *w)
{
	const char *s = w + 1;
	bool is_number;

	if (w[0] != '-' || !w[1])
		return false;
	s += strspn(s, "0123456789");
	if (*s == '.')
		s += 1 + strspn(s + 1, "0123456789");
	is_number = !*s && isdigit((unsigned char)s[-1]);
	return (!is_number && !strchr(w, ' ')) ||
	       (w[1] == '-' && w[2] && starts_option(line, w, strcspn(w, "=")));
}

static void give(struct ks_line *line, const struct ks_opt *opt, void *data, const char *value)
{
	size_t row = (size_t)(opt - line->cmd->opts);

	if (KS_HAS(opt->deprecated, line->version))
		ks_line_warn(line, opt->name, "is deprecated in %s%s%s", ks_version_name(line->version),
			     opt->instead ? "; " : "", opt->instead ? opt->instead : "");
	ks_again_option(line, opt, data, value);
	if (!ks_value_store(line, opt, data, value))
		return;
	line->set[row / 64] |= UINT64_C(1) << (row % 64);
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

	if (unknown && line->cmd->strays) {
		ks_line_fault(line, word, "%s has no such option: other installers take it for a word",
			      line->cmd->name);
		ks_list_add(line->ks, &line->strays, word);
		return;
	}
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
	else if (opt && *i + 1 < line->n_words && !looks_like_option(line, line->words[*i + 1]))
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
static void take_argument(struct ks_line *line, void *data, const struct ks_opt **next, const char *word,
			  bool joins)
{
	const struct ks_opt *o = *next ? *next : line->cmd->opts;
	const char **joined;
	size_t row;

	if (o && o > line->cmd->opts && o[-1].flags & KS_JOIN && joins) {
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
	if (ks_line_has(line, o) && !joins)
		ks_line_warn(line, has_secret(line->cmd) ? NULL : word,
			     "words of a list stand apart: other installers see only the first ones");
	if (line->strays.n && ks_line_has(line, o) && !joins)
		ks_list_add(line->ks, &line->strays, word);
	if (!ks_line_has(line, o))
		*(struct ks_list *)ks_opt_at(line->cmd, o, data) = (struct ks_list){ 0 };
	line->set[row / 64] |= UINT64_C(1) << (row % 64);
	if (!o->convert || o->convert(line, o, &word))
		ks_list_add(line->ks, ks_opt_at(line->cmd, o, data), word);
	*next = o;
}

static bool is_empty(const struct ks_line *line, const struct ks_opt *opt, void *data)
{
	const char *const *word = ks_opt_at(line->cmd, opt, data);

	return opt->type == KS_STRING && *word && !**word;
}

static void check_rows(struct ks_line *line, void *data)
{
	const char *in_group[8] = { 0 };

	for (const struct ks_opt *o = line->cmd->opts; o && o->name; o++) {
		bool given = ks_line_has(line, o);

		if (!given && KS_HAS(o->required, line->version) && knows(line, o))
			ks_line_error(line, NULL, "%s is missing", o->name);
		if (!given || !o->group || is_empty(line, o, data))
			continue;
		if (in_group[o->group])
			ks_line_error(line, o->name, "contradicts %s", in_group[o->group]);
		in_group[o->group] = o->name;
	}
}

/* "--" ends the options, but a command without arguments takes it for one. */
static bool ends_options(const struct ks_line *line, const char *word)
{
	if (strcmp(word, "--") != 0)
		return false;
	for (const struct ks_opt *o = line->cmd->opts; o && o->name; o++)
		if (ks_opt_is_argument(o) && knows(line, o))
			return true;
	return false;
}

void ks_line_options(struct ks_line *line, void *data)
{
	const struct ks_opt *next = NULL;
	struct ks_at *at = data;
	bool ended = KS_HAS(line->cmd->raw, line->version);
	size_t before = line->errors, argument = 0; /* the last word that was one */
	uint64_t lost[2] = { 0 };

	line->set[0] = line->set[1] = 0;
	line->strays = (struct ks_list){ 0 };
	line->pools = 0;
	line->again = at->line && !line->cmd->repeats;
	if (line->again)
		ks_again_line(line, data, lost);
	for (size_t i = 1; i < line->n_words; i++) {
		if (!ended && ends_options(line, line->words[i]))
			ended = true;
		else if (!ended && looks_like_option(line, line->words[i]))
			take_option(line, data, &i);
		else {
			if (!ended && line->words[i][0] == '-' && line->words[i][1] && argument &&
			    argument + 1 < i && !line->cmd->strays) {
				unknown_option(line, arena_strndup(&line->ks->arena, line->words[i],
								   strcspn(line->words[i], "= ")));
				continue;
			}
			if (!ended && str_starts(line->words[i], "--"))
				ks_line_fault(line, NULL,
					      "an unknown option with a blank in it, which is taken "
					      "for an argument");
			take_argument(line, data, &next, line->words[i], argument + 1 == i);
			argument = i;
		}
	}
	if (line->errors == before)
		check_rows(line, data);
	ks_again_lost(line, at, lost);
	at->file = line->file;
	at->line = line->number;
	at->set[0] |= line->set[0];
	at->set[1] |= line->set[1];
	if (line->errors == before && line->cmd->check)
		line->cmd->check(line, data);
}
