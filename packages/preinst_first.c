#include <ctype.h>

#include "base/argv.h"
#include "base/util.h"
#include "packages/preinst.h"

/* A script's lines: without indents, comments and empty ones; what goes on in the next line is one. */
static void split_lines(const char *script, struct argv *ret)
{
	auto_argv lines = { 0 };
	auto_buf whole = { 0 };

	argv_split(&lines, script, "\n");
	for (size_t i = 0; i < lines.n; i++) {
		const char *line = lines.v[i] + strspn(lines.v[i], " \t");
		size_t len = strlen(line);
		bool goes_on = len && line[len - 1] == '\\';

		if (!whole.len && (!len || line[0] == '#'))
			continue;
		buf_addf(&whole, "%s%.*s", whole.len ? " " : "", (int)(len - goes_on), line);
		while (whole.len && isspace((unsigned char)whole.data[whole.len - 1]))
			whole.data[--whole.len] = '\0';
		/* "if ..." with its "then" below */
		if (goes_on || (str_starts(buf_str(&whole), "if ") && !str_ends(whole.data, "then") &&
				!strstr(whole.data, "; fi")))
			continue;
		argv_add(ret, buf_str(&whole));
		whole.len = 0;
	}
	if (whole.len)
		argv_add(ret, buf_str(&whole));
}

/* How often a word is in the line. */
static unsigned count(const char *line, const char *word)
{
	unsigned n = 0;

	for (const char *p = line; (p = strstr(p, word)); p += strlen(word))
		n++;
	return n;
}

/* Blocks begin and end at lines of their own, or are within one line: nothing else is told apart here. */
static bool is_plain(const char *line)
{
	bool whole_if = str_starts(line, "if ") && str_ends(line, "; fi") && count(line, "then") == 1 &&
			count(line, "fi") == 1;
	bool open_if = str_starts(line, "if ") && str_ends(line, "then") && count(line, "then") == 1 &&
		       !strstr(line, " fi");

	if (str_starts(line, "if "))
		return whole_if || open_if;
	if (str_starts(line, "case "))
		return str_ends(line, " in") && !strstr(line, ";;");
	return !strstr(line, "then") && !strstr(line, " fi") && !strstr(line, "; case ") &&
	       !strstr(line, " esac") && (!str_starts(line, "fi") || str_eq(line, "fi")) &&
	       (!str_starts(line, "esac") || str_eq(line, "esac"));
}

/* The line that ends the block which begins at i; n if none does. */
static size_t block_end(const struct argv *lines, size_t i, const char *begin, const char *end)
{
	size_t depth = 0;

	for (; i < lines->n; i++) {
		if (str_starts(lines->v[i], begin) && !str_ends(lines->v[i], end))
			depth++;
		else if (str_eq(lines->v[i], end) && !--depth)
			return i;
	}
	return lines->n;
}

/* Whether a test without side effects can't hold: there is no older version. */
static bool is_never(const char *test)
{
	static const char *const never[] = { "[ \"$1\" = upgrade ]", "[ \"$1\" = \"upgrade\" ]",
					     "[ -n \"$2\" ]", "test \"$1\" = upgrade -a ",
					     "test \"$1\" = upgrade &" };

	for (size_t i = 0; i < ARRAY_SIZE(never); i++)
		if (str_starts(test, never[i]))
			return true;
	return false;
}

/* "if A && B && C; then" of which a part never holds, and what comes before it only looks. */
static bool is_never_true(const char *line)
{
	const char *p = line + strlen("if ");

	if (!str_starts(line, "if ") || !str_ends(line, "then") || strstr(line, "||") ||
	    strstr(line, " -o ") || strpbrk(line, "`()<>"))
		return false;
	while (p) {
		p += strspn(p, " ");
		if (is_never(p))
			return true;
		if (!str_starts(p, "[ -") && !str_starts(p, "[ \"$1\" = "))
			return false;
		p = strstr(p, "&&");
		p = p ? p + 2 : NULL;
	}
	return false;
}

static bool has_else(const struct argv *lines, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		if (str_starts(lines->v[i], "else") || str_starts(lines->v[i], "elif"))
			return true;
	return false;
}

/* "(install|upgrade)": where the commands begin; NULL if it is no label. */
static const char *label_end(const char *line)
{
	size_t len = strspn(line, "(abcdefghijklmnopqrstuvwxyz-|* ");

	return len && line[len] == ')' ? line + len + 1 : NULL;
}

static bool label_fits(const char *line)
{
	auto_argv words = { 0 };
	auto_free char *label = xasprintf("%.*s", (int)(label_end(line) - 1 - line), line);

	argv_split(&words, label, "(| ");
	return argv_has(&words, "install") || argv_has(&words, "*");
}

static bool reduce(const struct argv *lines, size_t from, size_t to, struct argv *ret);

/* The branch of case "$1" that is for "install". False: not understood. */
static bool reduce_case(const struct argv *lines, size_t from, size_t to, struct argv *ret)
{
	bool taken = false;

	for (size_t i = from; i < to; i++) {
		const char *rest = label_end(lines->v[i]);
		size_t end = i;

		if (!rest || strspn(rest, " ;") != strlen(rest))
			return false;
		if (!strstr(rest, ";;"))
			for (end = i + 1; end < to && !str_eq(lines->v[end], ";;"); end++)
				if (str_starts(lines->v[end], "case ") || label_end(lines->v[end]))
					return false;
		if (!taken && label_fits(lines->v[i])) {
			taken = true;
			if (end > i && !reduce(lines, i + 1, end, ret))
				return false;
		}
		i = end;
	}
	return true;
}

static bool reduce(const struct argv *lines, size_t from, size_t to, struct argv *ret)
{
	for (size_t i = from; i < to; i++) {
		const char *line = lines->v[i];
		size_t end = i;

		if (is_never_true(line)) {
			end = block_end(lines, i, "if ", "fi");
			if (end >= to || has_else(lines, i, end))
				return false;
		} else if (str_eq(line, "case \"$1\" in") || str_eq(line, "case $1 in")) {
			end = block_end(lines, i, "case ", "esac");
			if (end >= to || !reduce_case(lines, i + 1, end, ret))
				return false;
		} else if (str_ends(line, "() {")) {
			while (end < to && !str_eq(lines->v[end], "}"))
				end++;
			if (end == to)
				return false;
		} else {
			argv_add(ret, line);
		}
		i = end;
	}
	return true;
}

/* Whether a function that was left out is called by what is left. */
static bool calls_functions(const struct argv *lines, const struct argv *left)
{
	for (size_t i = 0; i < lines->n; i++) {
		auto_free char *name = xstrdup(lines->v[i]);

		if (!str_ends(name, "() {"))
			continue;
		name[strlen(name) - strlen("() {")] = '\0';
		for (size_t k = 0; k < left->n; k++)
			if (strstr(left->v[k], name))
				return true;
	}
	return false;
}

void preinst_first_lines(const char *script, struct argv *ret)
{
	auto_argv lines = { 0 };
	auto_argv left = { 0 };
	bool plain = !strstr(script, "<<");

	split_lines(script, &lines);
	for (size_t i = 0; i < lines.n; i++)
		plain = plain && is_plain(lines.v[i]);
	if (!plain || !reduce(&lines, 0, lines.n, &left) || calls_functions(&lines, &left)) {
		argv_addv(ret, lines.v);
		return;
	}
	if (left.n)
		argv_addv(ret, left.v);
}
