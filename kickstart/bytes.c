/* What no kickstart file may hold: NUL bytes, a byte order mark, anything but UTF-8, too many lines. */
#include "base/util.h"
#include "kickstart/parser.h"

#define BOM "\xef\xbb\xbf"

static bool is_utf8(const char *text, size_t len)
{
	const unsigned char *s = (const unsigned char *)text, *end = s + len;

	while (s < end) {
		int more = *s < 0x80 ? 0 : *s >= 0xf0 ? 3 : *s >= 0xe0 ? 2 : 1;

		if ((*s >= 0x80 && *s < 0xc2) || *s > 0xf4 || end - s <= more)
			return false;
		if ((*s == 0xe0 && s[1] < 0xa0) || (*s == 0xed && s[1] > 0x9f) ||
		    (*s == 0xf0 && s[1] < 0x90) || (*s == 0xf4 && s[1] > 0x8f))
			return false;
		for (s++; more; more--, s++)
			if ((*s & 0xc0) != 0x80)
				return false;
	}
	return true;
}

size_t ks_parser_bytes(struct ks_parser *p, const char *text, size_t len)
{
	bool bom = p->line.number == 1 && len >= 3 && memcmp(text, BOM, 3) == 0;

	if (memchr(text, '\0', len))
		ks_parser_error(p, NULL, "the line has a NUL byte; is this a kickstart file?");
	else if (bom)
		ks_parser_error(p, NULL,
				"the file starts with a byte order mark; save it as UTF-8 without one");
	else if (!is_utf8(text, len))
		ks_diag_add(p->diags, KS_WARNING, p->line.file, p->line.number, NULL,
			    "the line is not UTF-8; save the file as UTF-8");
	return bom ? 3 : 0;
}

bool ks_parser_count(struct ks_parser *p)
{
	if (p->stopped)
		return false;
	if (p->n_lines++ < KS_LINES_MAX)
		return true;
	p->stopped = true;
	ks_parser_error(p, NULL, "more than %d lines of commands and packages; is this a kickstart file?",
			KS_LINES_MAX);
	return false;
}
