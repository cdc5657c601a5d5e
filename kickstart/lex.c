#include "kickstart/lex.h"

#include "base/util.h"

size_t ks_lex_next(const char *text, size_t size, size_t pos, size_t *len)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t i;

	for (i = pos; i < size; i++) {
		unsigned char c = s[i];

		if (c > 0x1e && c < 0xc2)
			continue;
		*len = i - pos;
		if (c == '\r')
			return i + 1 < size && s[i + 1] == '\n' ? i + 2 : i + 1;
		if ((c >= '\n' && c <= '\f') || (c >= 0x1c && c <= 0x1e))
			return i + 1;
		if (c == 0xc2 && i + 1 < size && s[i + 1] == 0x85)
			return i + 2;
		if (c == 0xe2 && i + 2 < size && s[i + 1] == 0x80 && (s[i + 2] == 0xa8 || s[i + 2] == 0xa9))
			return i + 3;
	}
	*len = size - pos;
	return size;
}

size_t ks_lex_space(const char *text, size_t len)
{
	const unsigned char *s = (const unsigned char *)text;

	if (len && (s[0] == ' ' || (s[0] >= '\t' && s[0] <= '\r') || (s[0] >= 0x1c && s[0] <= 0x1f)))
		return 1;
	if (len > 1 && s[0] == 0xc2 && (s[1] == 0x85 || s[1] == 0xa0))
		return 2;
	if (len < 3 || s[0] < 0xe1 || s[0] > 0xe3)
		return 0;
	if (memcmp(s, "\xe1\x9a\x80", 3) == 0 || memcmp(s, "\xe2\x81\x9f", 3) == 0 ||
	    memcmp(s, "\xe3\x80\x80", 3) == 0)
		return 3;
	if (s[0] == 0xe2 && s[1] == 0x80 &&
	    ((s[2] >= 0x80 && s[2] <= 0x8a) || s[2] == 0xa8 || s[2] == 0xa9 || s[2] == 0xaf))
		return 3;
	return 0;
}

void ks_lex_trim(const char **text, size_t *len)
{
	size_t n;

	while ((n = ks_lex_space(*text, *len)) > 0) {
		*text += n;
		*len -= n;
	}
	for (n = 1; n <= 3 && n <= *len;)
		if (ks_lex_space(*text + *len - n, n) == n) {
			*len -= n;
			n = 1;
		} else {
			n++;
		}
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/*
 * Copy the quoted text behind s[*i], the opening quote, to *out. In double quotes a backslash takes its
 * meaning from " and \ only. False if the quote isn't closed.
 */
static bool copy_quoted(const char *s, size_t len, size_t *i, char **out)
{
	char quote = s[(*i)++];

	for (; *i < len && s[*i] != quote; (*i)++) {
		bool escapes = quote == '"' && s[*i] == '\\' && *i + 1 < len;

		if (escapes && (s[*i + 1] == '"' || s[*i + 1] == '\\'))
			(*i)++;
		*(*out)++ = s[*i];
	}
	return *i < len;
}

enum ks_lex_error ks_lex_words(const char *s, size_t len, struct arena *arena, struct ks_words *ret)
{
	char *out = NULL;
	size_t i = 0;

	ret->n = 0;
	for (;;) {
		while (i < len && is_blank(s[i]))
			i++;
		if (i == len || s[i] == '#')
			break;
		/* A word and its NUL are never longer than what they come from and the blank behind it. */
		if (!out)
			out = arena_alloc(arena, len - i + 1);
		xgrow(&ret->v, &ret->cap, ret->n, sizeof(*ret->v));
		ret->v[ret->n++] = out;
		for (; i < len && !is_blank(s[i]) && s[i] != '#'; i++) {
			if (s[i] == '"' || s[i] == '\'') {
				if (!copy_quoted(s, len, &i, &out))
					return KS_LEX_QUOTE;
				continue;
			}
			if (s[i] == '\\' && ++i == len)
				return KS_LEX_CONTINUED;
			*out++ = s[i];
		}
		*out++ = '\0';
	}
	return KS_LEX_OK;
}
