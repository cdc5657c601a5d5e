#include "base/opt.h"

#include <stdint.h>

#include "base/util.h"

static const struct opt *find_long(const struct command *cmd, const char *word, size_t len)
{
	for (const struct opt *o = cmd->opts; o && o->name; o++)
		if (strlen(o->name) == len && strncmp(o->name, word, len) == 0)
			return o;
	return NULL;
}

static const struct opt *find_letter(const struct command *cmd, char letter)
{
	for (const struct opt *o = cmd->opts; o && o->name; o++)
		if (o->letter == letter)
			return o;
	return NULL;
}

static int unknown(const struct command *cmd, const char *word, struct err *err)
{
	const char *names[64] = { "--help" };
	const char *near;
	size_t n = 1;

	for (const struct opt *o = cmd->opts; o && o->name && n < ARRAY_SIZE(names); o++)
		names[n++] = o->name;
	near = str_nearest(word, names, n);
	return err_set(err, ERR_USAGE, "xenith %s: unknown option %s%s%s%s; see xenith %s --help", cmd->name,
		       word, near ? " (did you mean " : "", near ? near : "", near ? "?)" : "", cmd->name);
}

static int store(const struct command *cmd, const struct opt *o, const char *value, void *values,
		 struct err *err)
{
	void *slot = (char *)values + o->offset;

	switch (o->type) {
	case OPT_FLAG:
		*(bool *)slot = true;
		return 0;
	case OPT_STR:
		*(const char **)slot = value;
		return 0;
	case OPT_U64:
		if (str_u64(value, slot))
			return 0;
		return err_set(err, ERR_USAGE, "xenith %s: %s wants a whole number, not \"%s\"", cmd->name,
			       o->name, value);
	case OPT_LIST:
		argv_add(slot, value);
		return 0;
	}
	return 0;
}

/* One word that starts with '-'; *next is the word behind it and is taken (set to NULL) when used as the
 * value. */
static int parse_one(const struct command *cmd, const char *word, const char **next, void *values,
		     struct err *err)
{
	const char *eq = str_starts(word, "--") ? strchr(word, '=') : NULL;
	const char *value = eq ? eq + 1 : NULL;
	const struct opt *o;

	if (str_starts(word, "--")) {
		o = find_long(cmd, word, eq ? (size_t)(eq - word) : strlen(word));
	} else {
		o = find_letter(cmd, word[1]);
		if (o && word[2])
			value = word + 2;
	}
	if (!o)
		return unknown(cmd, word, err);
	if (o->type == OPT_FLAG && value)
		return err_set(err, ERR_USAGE, "xenith %s: %s takes no value", cmd->name, o->name);
	if (o->type != OPT_FLAG && !value) {
		value = *next;
		if (!value)
			return err_set(err, ERR_USAGE, "xenith %s: %s wants %s", cmd->name, o->name, o->arg);
		*next = NULL;
	}
	return store(cmd, o, value, values, err);
}

int opt_parse(const struct command *cmd, char *const *words, void *values, struct argv *args, bool *help,
	      struct err *err)
{
	bool only_args = false;

	*help = false;
	for (; *words; words++) {
		const char *next = words[1];
		int r;

		if (only_args || words[0][0] != '-' || !words[0][1]) {
			argv_add(args, words[0]);
			continue;
		}
		if (str_eq(words[0], "--")) {
			only_args = true;
			continue;
		}
		if (str_eq(words[0], "--help") || str_eq(words[0], "-h")) {
			*help = true;
			return 0;
		}
		r = parse_one(cmd, words[0], &next, values, err);
		if (r)
			return r;
		if (words[1] && !next)
			words++;
	}
	if (args->n < cmd->min_args)
		return err_set(err, ERR_USAGE, "xenith %s: wants %s; see xenith %s --help", cmd->name,
			       cmd->args, cmd->name);
	if (args->n > cmd->max_args)
		return err_set(err, ERR_USAGE, "xenith %s: \"%s\" is one word too many; see xenith %s --help",
			       cmd->name, args->v[cmd->max_args], cmd->name);
	return 0;
}

void opt_help(const struct command *cmd, struct buf *b)
{
	buf_addf(b, "xenith %s%s%s%s\n%s\n", cmd->name, cmd->opts && cmd->opts->name ? " [OPTIONS]" : "",
		 *cmd->args ? " " : "", cmd->args, cmd->summary);
	if (cmd->opts && cmd->opts->name)
		buf_adds(b, "\n");
	for (const struct opt *o = cmd->opts; o && o->name; o++) {
		auto_free char *left =
			xasprintf("%s%c%s%s%s%s", o->letter ? "-" : " ", o->letter ? o->letter : ' ',
				  o->letter ? ", " : "  ", o->name, o->arg ? " " : "", o->arg ? o->arg : "");

		buf_addf(b, "  %-26s  %s\n", left, o->help);
	}
}
