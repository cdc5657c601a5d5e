#include "kickstart/excerpt.h"

#include "base/util.h"
#include "kickstart/lex.h"
#include "kickstart/table.h"

#define COLUMNS_MAX 200

/* No row of the command, a known one, has a secret. */
static bool is_open(const char *name)
{
	const struct ks_cmd *cmd = ks_cmd_find(ks_commands, name);

	for (const struct ks_opt *o = cmd ? cmd->opts : NULL; o && o->name; o++)
		if (o->flags & (KS_SECRET | KS_SECRET_TAIL | KS_SECRET_URL))
			return false;
	return cmd != NULL;
}

/* The line as it may be shown. */
static void show_line(const char *s, size_t len, struct buf *b)
{
	struct arena arena = { 0 };
	struct ks_words words = { 0 };
	enum ks_lex_error e = ks_lex_words(s, len, &arena, &words);

	if (e == KS_LEX_OK && words.n && is_open(words.v[0]))
		buf_add(b, s, len);
	else
		for (size_t i = 0; e == KS_LEX_OK && i < words.n; i++) {
			const char *w = words.v[i];
			size_t name = strcspn(w, "=");

			if (i == 0)
				buf_adds(b, w);
			else if (str_starts(w, "--"))
				buf_addf(b, " %.*s%s", (int)name, w, w[name] ? "=***" : "");
			else
				buf_adds(b, " ***");
		}
	free(words.v);
	arena_clear(&arena);
}

static const char *find_word(const char *line, const char *word)
{
	const char *s = line;

	for (; (s = strstr(s, word)); s++)
		if (s == line || strchr(" \t\"'=,", s[-1]))
			return s;
	return strstr(line, word);
}

static size_t columns(const char *s, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += ((unsigned char)s[i] & 0xc0) != 0x80;
	return n;
}

void ks_diag_excerpt(const struct ks_diag *diag, const char *text, size_t size, struct buf *b)
{
	size_t pos = 0, len = 0, next = 0;
	auto_buf line = { 0 };
	const char *at;

	if (!diag->line || !diag->word || !*diag->word)
		return;
	for (unsigned n = 0; n < diag->line; n++) {
		pos = next;
		if (pos >= size)
			return;
		next = ks_lex_next(text, size, pos, &len);
	}
	if (len > COLUMNS_MAX)
		return;
	show_line(text + pos, len, &line);
	for (size_t i = 0; i < line.len; i++) {
		if (line.data[i] == '\t')
			line.data[i] = ' ';
		if ((unsigned char)line.data[i] < ' ' || line.data[i] == 127)
			return;
	}
	at = find_word(buf_str(&line), diag->word);
	if (!at)
		return;
	buf_addf(b, "    %s\n    %*s", line.data, (int)columns(line.data, (size_t)(at - line.data)), "");
	for (size_t i = columns(at, strlen(diag->word)); i; i--)
		buf_addc(b, '^');
	buf_addc(b, '\n');
}
