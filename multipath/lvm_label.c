#include "multipath/lvm_label.h"

#include <ctype.h>
#include <endian.h>

#include "base/util.h"

#define SECTOR     512
#define SCAN       4 /* sectors in which the label may stand */
#define MDA_MAX    (16u << 20)
#define MDA_HEADER 512

void lvm_label_clear(struct lvm_label *l)
{
	free(l->vg);
	free(l->uuid);
	argv_clear(&l->lvs);
	*l = (struct lvm_label){ 0 };
}

static uint64_t le64(const unsigned char *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return le64toh(v);
}

static uint32_t le32(const unsigned char *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return le32toh(v);
}

/* A token of the text: a word, a quoted string (without quotes), or one character. False at the end. */
static bool token(const char **s, char *ret, size_t size)
{
	const char *p = *s;
	size_t n = 0;

	for (;;) {
		p += strspn(p, " \t\r\n");
		if (*p != '#')
			break;
		p += strcspn(p, "\n");
	}
	if (!*p)
		return false;
	if (*p == '"') {
		for (p++; *p && *p != '"'; p++)
			if (n + 1 < size)
				ret[n++] = *p;
		p += *p == '"';
	} else if (isalnum((unsigned char)*p) || strchr("_.+-", *p)) {
		for (; isalnum((unsigned char)*p) || (*p && strchr("_.+-", *p)); p++)
			if (n + 1 < size)
				ret[n++] = *p;
	} else {
		ret[n++] = *p++;
	}
	ret[n] = '\0';
	*s = p;
	return true;
}

bool lvm_label_parse(const char *text, struct lvm_label *ret)
{
	char word[256], last[256] = "", section[256] = "";
	int depth = 0;

	while (token(&text, word, sizeof(word))) {
		if (strcmp(word, "{") == 0) {
			if (depth == 0 && !ret->vg)
				ret->vg = xstrdup(last);
			else if (depth == 0)
				return true; /* a second top-level section: not the group's */
			else if (depth == 1)
				snprintf(section, sizeof(section), "%s", last);
			else if (depth == 2 && strcmp(section, "logical_volumes") == 0)
				argv_add(&ret->lvs, last);
			else if (depth == 2 && strcmp(section, "physical_volumes") == 0)
				ret->n_pvs++;
			depth++;
		} else if (strcmp(word, "}") == 0) {
			if (--depth == 0)
				return ret->vg && *ret->vg;
		} else if (depth == 1 && strcmp(last, "id") == 0 && strcmp(word, "=") == 0) {
			if (token(&text, word, sizeof(word)) && !ret->uuid)
				ret->uuid = xstrdup(word);
		}
		snprintf(last, sizeof(last), "%s", word);
	}
	return ret->vg && *ret->vg;
}

/* The newest metadata in one area, a ring behind its header. free(3). */
static char *area_text(int fd, uint64_t start, uint64_t size)
{
	static const unsigned char magic[16] = " LVM2 x[5A%r0N*>";
	unsigned char h[MDA_HEADER];
	uint64_t offset, len, first;
	char *text;

	if (size <= MDA_HEADER || size > (1ull << 40) || pread(fd, h, sizeof(h), (off_t)start) != sizeof(h) ||
	    memcmp(h + 4, magic, sizeof(magic)) != 0)
		return NULL;
	offset = le64(h + 40);
	len = le64(h + 48);
	if (offset < MDA_HEADER || offset >= size || !len || len > MDA_MAX || len > size - MDA_HEADER)
		return NULL;
	text = xcalloc(1, len + 1);
	first = MIN(len, size - offset);
	if (pread(fd, text, first, (off_t)(start + offset)) == (ssize_t)first &&
	    (first == len ||
	     pread(fd, text + first, len - first, (off_t)(start + MDA_HEADER)) == (ssize_t)(len - first)))
		return text;
	free(text);
	return NULL;
}

/* Behind pv_uuid[32] and the size: locations of data areas, a zero, locations of metadata areas, a zero. */
static bool read_pv(int fd, const unsigned char *sector, size_t at, struct lvm_label *ret)
{
	bool meta = false;

	for (at += 40; at + 16 <= SECTOR; at += 16) {
		uint64_t offset = le64(sector + at), size = le64(sector + at + 8);
		auto_free char *text = NULL;

		if (!offset && meta)
			break;
		if (!offset) {
			meta = true;
			continue;
		}
		text = meta ? area_text(fd, offset, size) : NULL;
		if (text && lvm_label_parse(text, ret))
			return true;
		lvm_label_clear(ret);
	}
	return meta;
}

bool lvm_label_read(int fd, struct lvm_label *ret)
{
	unsigned char sector[SECTOR];

	for (int i = 0; i < SCAN; i++) {
		size_t at;

		if (pread(fd, sector, sizeof(sector), i * SECTOR) != sizeof(sector))
			return false;
		at = le32(sector + 20);
		if (memcmp(sector, "LABELONE", 8) == 0 && memcmp(sector + 24, "LVM2 001", 8) == 0 &&
		    at >= 32 && at + 56 <= SECTOR)
			return read_pv(fd, sector, at, ret);
	}
	return false;
}
