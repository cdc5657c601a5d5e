#include "iso-build/grub_words.h"

#include "base/argv.h"
#include "base/util.h"

void grub_add_words(struct buf *b, const char *words)
{
	auto_argv list = { 0 };

	argv_split(&list, words, " \t");
	for (size_t i = 0; i < list.n; i++) {
		const char *quote = strpbrk(list.v[i], "{}$#;|&<>") ? "'" : "";

		buf_addf(b, " %s%s%s", quote, list.v[i], quote);
	}
}

int grub_check_words(const char *what, const char *s, struct err *err)
{
	size_t n = s ? strcspn(s, "\n\"'\\") : 0;

	if (!s || !s[n])
		return 0;
	return err_set(err, ERR_USAGE, "%s: the character %s%c cannot stand on GRUB's kernel line", what,
		       s[n] == '\n' ? "newline" : "", s[n] == '\n' ? ' ' : s[n]);
}
