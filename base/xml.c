#include "base/xml.h"

#include <stdbool.h>
#include <string.h>

/* The bytes of the UTF-8 character that s begins with; 0: it is none that XML allows. RFC 3629. */
static size_t utf8_len(const char *s)
{
	unsigned char c = (unsigned char)*s;
	size_t n = c < 0x80                ? 1
		   : c >= 0xc2 && c < 0xe0 ? 2
		   : c >= 0xe0 && c < 0xf0 ? 3
		   : c >= 0xf0 && c < 0xf5 ? 4
					   : 0;

	if (n == 1)
		return c >= ' ' && c != 0x7f;
	for (size_t i = 1; i < n; i++)
		if (((unsigned char)s[i] & 0xc0) != 0x80)
			return 0;
	/* Longer than need be, a surrogate, or beyond the last one. */
	if ((c == 0xe0 && (unsigned char)s[1] < 0xa0) || (c == 0xed && (unsigned char)s[1] > 0x9f) ||
	    (c == 0xf0 && (unsigned char)s[1] < 0x90) || (c == 0xf4 && (unsigned char)s[1] > 0x8f))
		return 0;
	return n;
}

void buf_add_xml(struct buf *b, const char *s)
{
	static const char *const escapes[][2] = {
		{ "&", "&amp;" }, { "<", "&lt;" }, { ">", "&gt;" }, { "'", "&apos;" }, { "\"", "&quot;" },
	};

	while (s && *s) {
		size_t len = utf8_len(s);
		const char *as = NULL;

		for (size_t i = 0; i < sizeof(escapes) / sizeof(*escapes); i++)
			if (*s == *escapes[i][0])
				as = escapes[i][1];
		if (as || !len)
			buf_adds(b, as ? as : "?");
		else
			buf_add(b, s, len);
		s += len ? len : 1;
	}
}
