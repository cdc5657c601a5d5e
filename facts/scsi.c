#include "facts/scsi.h"

#include <ctype.h>

#include "base/buf.h"
#include "base/util.h"

enum { TYPE_T10 = 1, TYPE_EUI64 = 2, TYPE_NAA = 3, TYPE_NAME = 8 };

/* How good a designator is; 0: of no use. */
static int rank(const unsigned char *d, size_t len)
{
	switch (d[1] & 0x0f) {
	case TYPE_NAA:
		switch (len ? d[4] >> 4 : 0) {
		case 6:
			return len == 16 ? 8 : 0;
		case 5:
			return len == 8 ? 7 : 0;
		case 2:
			return len == 8 ? 6 : 0;
		case 3:
			return len == 8 ? 1 : 0;
		default:
			return 0;
		}
	case TYPE_EUI64:
		return len == 8 || len == 12 || len == 16 ? 4 : 0;
	case TYPE_NAME:
		return len > 4 ? 3 : 0;
	case TYPE_T10:
		return len > 8 ? 2 : 0;
	default:
		return 0;
	}
}

static void add_hex(struct buf *b, const unsigned char *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		buf_addf(b, "%02x", p[i]);
}

/* Printable text; runs of blanks become one "_" and those at the end go. */
static void add_text(struct buf *b, const unsigned char *p, size_t len)
{
	while (len && (p[len - 1] == ' ' || !p[len - 1]))
		len--;
	for (size_t i = 0; i < len; i++) {
		if (p[i] == ' ' && i && p[i - 1] == ' ')
			continue;
		buf_addc(b, p[i] == ' ' ? '_' : isgraph(p[i]) ? (char)p[i] : '?');
	}
}

/* "eui.HEX" -> "2hex", "naa.HEX" -> "3hex", "iqn.…" -> "8iqn.…". */
static void add_name(struct buf *b, const unsigned char *p, size_t len)
{
	bool eui = !memcmp(p, "eui.", 4), naa = !memcmp(p, "naa.", 4);

	len = strnlen((const char *)p, len);
	buf_addc(b, eui ? '2' : naa ? '3' : '8');
	for (size_t i = eui || naa ? 4 : 0; i < len; i++)
		buf_addc(b, isgraph(p[i]) ? (char)(eui || naa ? tolower(p[i]) : p[i]) : '?');
}

const char *scsi_wwid_from_pg83(struct arena *a, const unsigned char *page, size_t len)
{
	const unsigned char *best = NULL;
	int best_rank = 0;
	auto_buf b = { 0 };

	if (len < 4 || page[1] != 0x83)
		return NULL;
	len = MIN(len, 4 + ((size_t)page[2] << 8 | page[3]));
	for (size_t at = 4; at + 4 <= len && at + 4 + page[at + 3] <= len; at += 4 + (size_t)page[at + 3]) {
		const unsigned char *d = page + at;
		int r = d[1] & 0x30 ? 0 : rank(d, d[3]);

		if (r > best_rank) {
			best = d;
			best_rank = r;
		}
	}
	if (!best)
		return NULL;
	switch (best[1] & 0x0f) {
	case TYPE_NAA:
		buf_addc(&b, '3');
		add_hex(&b, best + 4, best[3]);
		break;
	case TYPE_EUI64:
		buf_addc(&b, '2');
		add_hex(&b, best + 4, best[3]);
		break;
	case TYPE_NAME:
		add_name(&b, best + 4, best[3]);
		break;
	default:
		buf_addc(&b, '1');
		add_text(&b, best + 4, best[3]);
	}
	return arena_strdup(a, buf_str(&b));
}

const char *scsi_serial_from_pg80(struct arena *a, const unsigned char *page, size_t len)
{
	auto_buf b = { 0 };
	const unsigned char *p = page + 4;

	if (len < 5 || page[1] != 0x80)
		return NULL;
	len = MIN(len - 4, (size_t)page[2] << 8 | page[3]);
	while (len && *p == ' ')
		p++, len--;
	add_text(&b, p, len);
	return b.len ? arena_strdup(a, buf_str(&b)) : NULL;
}
