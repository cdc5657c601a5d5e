/* Lines and words of a kickstart file, read as Python's str.splitlines() and shlex.split(comments=True) do.
 */
#ifndef KICKSTART_LEX_H
#define KICKSTART_LEX_H

#include "base/arena.h"

/*
 * Find the line that starts at text[pos]: its length without the line's end in *len; returns where the next
 * line starts. A line ends at LF, CR, CR LF, VT, FF, FS, GS, RS, U+0085, U+2028 and U+2029.
 */
size_t ks_lex_next(const char *text, size_t size, size_t pos, size_t *len);

/* Bytes of the white space that text (len bytes) starts with, U+00A0 and its kin included; 0: none. */
size_t ks_lex_space(const char *text, size_t len);
/* Take white space off both ends. */
void ks_lex_trim(const char **text, size_t *len);

enum ks_lex_error {
	KS_LEX_OK,
	KS_LEX_QUOTE,     /* a quote is not closed */
	KS_LEX_CONTINUED, /* a backslash ends the line */
};

/* Words of one line; v is grown on the heap and reused for the next line, the words are in the arena. */
struct ks_words {
	char **v;
	size_t n, cap;
};

enum ks_lex_error ks_lex_words(const char *s, size_t len, struct arena *arena, struct ks_words *ret);

#endif
