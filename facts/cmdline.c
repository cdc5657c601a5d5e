#include "facts/cmdline.h"

#include <ctype.h>

#include "base/util.h"
#include "facts/facts.h"

void cmdline_split(const char *cmdline, struct argv *words)
{
	const char *s = cmdline ? cmdline : "";

	while (*s) {
		auto_buf word = { 0 };
		bool quoted = false;

		while (isspace((unsigned char)*s))
			s++;
		if (!*s)
			break;
		for (; *s && (quoted || !isspace((unsigned char)*s)); s++) {
			if (*s == '"')
				quoted = !quoted;
			else
				buf_addc(&word, *s);
		}
		argv_add(words, buf_str(&word));
	}
}

const char *facts_cmdline_get(struct arena *a, const char *cmdline, const char *key)
{
	auto_argv words = { 0 };
	size_t len = strlen(key);
	const char *value = NULL;

	cmdline_split(cmdline, &words);
	for (size_t i = 0; i < words.n; i++) {
		const char *w = words.v[i];

		if (strncmp(w, key, len) == 0 && (w[len] == '=' || !w[len]))
			value = w[len] ? w + len + 1 : "";
	}
	return value ? arena_strdup(a, value) : NULL;
}
