#include "kickstart/verdiff.h"

#include "base/util.h"
#include "kickstart/table.h"

#define COMMANDS_MAX 256
#define OPTIONS_MAX  128

static const struct ks_cmd *const sections[] = {
	&ks_section_packages, &ks_section_pre,     &ks_section_pre_install,
	&ks_section_post,     &ks_section_onerror, &ks_section_traceback,
};

static int by_name(const void *a, const void *b)
{
	return strcmp((*(const struct ks_cmd *const *)a)->name, (*(const struct ks_cmd *const *)b)->name);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static size_t all_commands(const struct ks_cmd *ret[COMMANDS_MAX])
{
	size_t n = 0;

	for (const struct ks_cmd *const *c = ks_commands; *c && n < COMMANDS_MAX; c++)
		ret[n++] = *c;
	for (size_t i = 0; i < ARRAY_SIZE(sections) && n < COMMANDS_MAX; i++)
		ret[n++] = sections[i];
	qsort(ret, n, sizeof(*ret), by_name);
	return n;
}

/* Every spelling of every option that any version has, each once. */
static size_t all_options(const struct ks_cmd *cmd, const char *ret[OPTIONS_MAX])
{
	size_t n = 0, unique = 0;

	for (const struct ks_opt *o = cmd->opts; o && o->name; o++) {
		if (ks_opt_is_argument(o))
			continue;
		if (n < OPTIONS_MAX)
			ret[n++] = o->name;
		if (o->alias && n < OPTIONS_MAX)
			ret[n++] = o->alias;
	}
	if (n)
		qsort(ret, n, sizeof(*ret), by_text);
	for (size_t i = 0; i < n; i++)
		if (!unique || strcmp(ret[unique - 1], ret[i]) != 0)
			ret[unique++] = ret[i];
	return unique;
}

enum state { UNKNOWN, DEPRECATED, KNOWN };

static enum state command_state(const struct ks_cmd *cmd, enum ks_version v)
{
	return !KS_HAS(cmd->versions, v) ? UNKNOWN : KS_HAS(cmd->deprecated, v) ? DEPRECATED : KNOWN;
}

/* One name may have a row for each range of versions. */
static enum state option_state(const struct ks_cmd *cmd, const char *name, enum ks_version v)
{
	enum state state = UNKNOWN;

	for (const struct ks_opt *o = cmd->opts; o->name; o++) {
		if ((strcmp(o->name, name) != 0 && !str_eq(o->alias, name)) || !ks_opt_known(o, v))
			continue;
		if (!KS_HAS(o->deprecated, v))
			return KNOWN;
		state = DEPRECATED;
	}
	return state;
}

static bool changed(enum state from, enum state to, enum ks_change change)
{
	switch (change) {
	case KS_REMOVED:
		return from != UNKNOWN && to == UNKNOWN;
	case KS_DEPRECATED:
		return to == DEPRECATED;
	default:
		return from == UNKNOWN && to != UNKNOWN;
	}
}

static void diff_options(const struct ks_cmd *cmd, enum ks_version from, enum ks_version to, ks_verdiff_fn fn,
			 void *arg)
{
	const char *names[OPTIONS_MAX];
	size_t n = all_options(cmd, names);

	for (enum ks_change change = KS_REMOVED; change <= KS_ADDED; change++)
		for (size_t i = 0; i < n; i++)
			if (changed(option_state(cmd, names[i], from), option_state(cmd, names[i], to),
				    change))
				fn(arg, change, cmd->name, names[i]);
}

void ks_verdiff(enum ks_version from, enum ks_version to, ks_verdiff_fn fn, void *arg)
{
	const struct ks_cmd *cmds[COMMANDS_MAX];
	size_t n = all_commands(cmds);

	for (enum ks_change change = KS_REMOVED; change <= KS_ADDED; change++)
		for (size_t i = 0; i < n; i++)
			if (changed(command_state(cmds[i], from), command_state(cmds[i], to), change))
				fn(arg, change, cmds[i]->name, NULL);
	for (size_t i = 0; i < n; i++)
		if (command_state(cmds[i], from) != UNKNOWN && command_state(cmds[i], to) == KNOWN)
			diff_options(cmds[i], from, to, fn, arg);
}
