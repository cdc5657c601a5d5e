#include "packages/preinst.h"

#include <ctype.h>

#include "base/argv.h"
#include "base/util.h"

/* Whether each line that a first installation runs passes. */
static bool all_lines(const char *script, bool (*passes)(const char *line))
{
	auto_argv lines = { 0 };

	preinst_first_lines(script, &lines);
	for (size_t i = 0; i < lines.n; i++)
		if (!passes(lines.v[i]))
			return false;
	return true;
}

static bool starts_with_one_of(const char *line, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_starts(line, words[i]))
			return true;
	return false;
}

/* name=value, and nothing behind it */
static bool is_assignment(const char *line)
{
	size_t n = 0;

	while (isalnum((unsigned char)line[n]) || line[n] == '_')
		n++;
	return n && line[n] == '=' && !strpbrk(line, " \t`;&|") && !strstr(line, "$(");
}

static bool is_upgrade_line(const char *line)
{
	static const char *const words[] = { "set -e", "set +e", "dpkg-maintscript-helper " };

	return str_eq(line, "exit 0") || is_assignment(line) ||
	       (starts_with_one_of(line, words, ARRAY_SIZE(words)) && !strpbrk(line, "`;&|<>") &&
		!strstr(line, "$("));
}

bool preinst_is_for_upgrades(const char *script)
{
	return all_lines(script, is_upgrade_line);
}

/* "upgrade)", "(install|upgrade)", "*)" */
static bool is_case_label(const char *line)
{
	size_t len = strspn(line, "(abcdefghijklmnopqrstuvwxyz-|*");

	return len && line[len] == ')' && !line[len + 1];
}

/* if [ "$1" = install ]; then */
static bool is_condition(const char *line)
{
	static const char start[] = "if [ \"$1\" = ", end[] = " ]; then";
	const char *semicolon = strchr(line, ';');

	return str_starts(line, start) && str_ends(line, end) &&
	       semicolon == line + strlen(line) - strlen("; then");
}

static bool is_late_line(const char *line)
{
	static const char *const whole[] = { "set -e",         "then", "else", "fi", "exit 0",
					     "case \"$1\" in", "esac", ";;",   ":" };
	static const char *const words[] = { "mkdir -p ", "touch ", "linux-run-hooks image preinst ",
					     "dpkg-maintscript-helper " };

	for (size_t i = 0; i < ARRAY_SIZE(whole); i++)
		if (str_eq(line, whole[i]))
			return true;
	if (line[0] == '#' || is_condition(line) || is_case_label(line))
		return true;
	if (strpbrk(line, "`|&<>\\;") || strstr(line, "$("))
		return false;
	return is_assignment(line) || starts_with_one_of(line, words, ARRAY_SIZE(words));
}

bool preinst_may_be_late(const char *script)
{
	return all_lines(script, is_late_line);
}
