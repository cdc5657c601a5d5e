#include "packages/thin_early.h"

#include <ctype.h>
#include <elf.h>

#include "base/util.h"
#include "packages/thin.h"

#define VERSION_BYTES  64 /* struct modversion_info of the kernel: 8 bytes of CRC, 56 of name */
#define NAME_BYTES     56
#define VERSIONS_ALIGN 32
#define ALIGN          8u
#define INFO_MAX       (1u << 20)

/* Where something lies in the module. */
struct span {
	size_t from, to;
};

static bool is_name(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!isalnum((unsigned char)s[i]) && s[i] != '_' && s[i] != '.')
			return false;
	return len;
}

static bool is_zero(const char *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (p[i])
			return false;
	return true;
}

/* A CRC of 32 bits, and a name with zeros behind it. */
static bool is_version(const char *p)
{
	size_t len = strnlen(p + 8, NAME_BYTES);

	return is_zero(p + 4, 4) && is_name(p + 8, len) && is_zero(p + 8 + len, NAME_BYTES - len);
}

/* The table that has a record at "at". False: it may go on behind what is here. */
static bool versions_around(const char *data, size_t len, size_t at, struct span *ret)
{
	ret->from = ret->to = at;
	while (ret->from >= VERSION_BYTES && is_version(data + ret->from - VERSION_BYTES))
		ret->from -= VERSION_BYTES;
	while (ret->to + VERSION_BYTES <= len && is_version(data + ret->to))
		ret->to += VERSION_BYTES;
	return ret->to + VERSION_BYTES <= len;
}

static bool find_layout(const char *data, size_t len, struct thin_search *s)
{
	static const char word[] = "module_layout";
	const char *p;

	while (!s->layout && (p = memmem(data + s->layout_seen, len - s->layout_seen, word, sizeof(word)))) {
		size_t at = (size_t)(p - data);

		if (at + NAME_BYTES > len)
			return false;
		if (at >= sizeof(Elf64_Ehdr) && is_version(p - 8))
			s->layout = at - 8;
		s->layout_seen = at + sizeof(word);
	}
	if (!s->layout)
		s->layout_seen = MAX(s->layout_seen, len > sizeof(word) ? len - sizeof(word) : 0);
	return s->layout;
}

static bool find_magic(const char *data, size_t len, struct thin_search *s)
{
	static const char word[] = "\0vermagic=";
	const char *p =
		s->magic ? NULL : memmem(data + s->magic_seen, len - s->magic_seen, word, sizeof(word) - 1);

	if (p)
		s->magic = (size_t)(p - data) + 1;
	s->magic_seen = len > sizeof(word) ? len - sizeof(word) : 0;
	return s->magic;
}

enum info { INFO_OURS, INFO_OTHER, INFO_DOUBT };

/* Whether a string is one of .modinfo: "alias=pci:...". What looks like one but isn't known, or has one
 * behind other bytes, may be the end of another section. */
static enum info info_kind(const char *s, size_t len)
{
	static const char *const keys[] = { "alias=",     "author=",   "depends=",    "description=",
					    "file=",      "firmware=", "import_ns=",  "intree=",
					    "license=",   "name=",     "parm=",       "parmtype=",
					    "retpoline=", "softdep=",  "srcversion=", "staging=",
					    "version=",   "vermagic=", "weakdep=" };
	const char *equals = memchr(s, '=', len);

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		const char *at = memmem(s, len, keys[i], strlen(keys[i]));

		if (at == s)
			return INFO_OURS;
		if (at && equals < at + strlen(keys[i]))
			return INFO_DOUBT;
	}
	return equals && is_name(s, (size_t)(equals - s)) ? INFO_DOUBT : INFO_OTHER;
}

/* All strings around the one at "at". */
static enum thin_early info_around(const char *data, size_t len, size_t at, struct span *ret)
{
	enum info kind = INFO_OURS;

	ret->from = ret->to = at;
	while (kind == INFO_OURS && ret->from > sizeof(Elf64_Ehdr)) {
		const char *end = data + ret->from - 1;
		const char *start = memrchr(data, '\0', ret->from - 1);

		start = start ? start + 1 : data;
		kind = info_kind(start, (size_t)(end - start));
		if (kind == INFO_OURS)
			ret->from = (size_t)(start - data);
	}
	if (kind == INFO_DOUBT)
		return THIN_WHOLE;
	for (kind = INFO_OURS; kind == INFO_OURS;) {
		const char *end = memchr(data + ret->to, '\0', len - ret->to);

		if (!end)
			return len - ret->to > INFO_MAX ? THIN_WHOLE : THIN_MORE;
		kind = info_kind(data + ret->to, (size_t)(end - data) - ret->to);
		if (kind == INFO_OURS)
			ret->to = (size_t)(end - data) + 1;
	}
	return kind == INFO_DOUBT ? THIN_WHOLE : THIN_DONE;
}

/* NULL if there is none. */
static const char *info_value(const char *data, const struct span *info, const char *key)
{
	for (size_t at = info->from; at < info->to; at += strlen(data + at) + 1)
		if (str_starts(data + at, key))
			return data + at + strlen(key);
	return NULL;
}

/* The order in which depmod lists what a module depends on comes from the whole table of symbols. */
static bool has_no_order(const char *data, const struct span *info)
{
	const char *depends = info_value(data, info, "depends=");

	return depends && !strchr(depends, ',');
}

/* The symbols' and strings' tables of the copy. */
struct symbols {
	struct buf table, names;
};

static void add_symbol(struct symbols *s, const char *prefix, const char *name, size_t len, uint16_t section)
{
	Elf64_Sym symbol = { .st_name = (uint32_t)s->names.len,
			     .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_NOTYPE),
			     .st_shndx = section };

	buf_add(&s->table, &symbol, sizeof(symbol));
	buf_adds(&s->names, prefix);
	buf_add(&s->names, name, len);
	buf_add(&s->names, "", 1);
}

/*
 * What stands between the ORC header and the versions: nothing, or __ksymtab_strings, where each name that
 * the module exports is followed by its namespace.
 */
static bool add_exports(const char *p, const char *end, struct symbols *s)
{
	while (end - p >= VERSIONS_ALIGN || !is_zero(p, (size_t)(end - p))) {
		const char *name_end = memchr(p, '\0', (size_t)(end - p));
		const char *ns_end =
			name_end ? memchr(name_end + 1, '\0', (size_t)(end - name_end - 1)) : NULL;

		if (!ns_end || !is_name(p, (size_t)(name_end - p)))
			return false;
		add_symbol(s, "__crc_", p, (size_t)(name_end - p), SHN_ABS);
		p = ns_end + 1;
	}
	return true;
}

static void add_section(struct buf *ret, size_t start, Elf64_Shdr *section, const char *data, size_t len)
{
	static const char zeros[ALIGN];

	buf_add(ret, zeros, (ALIGN - (ret->len - start) % ALIGN) % ALIGN);
	section->sh_offset = ret->len - start;
	section->sh_size = len;
	section->sh_addralign = ALIGN;
	buf_add(ret, data, len);
}

static void write_copy(const char *data, const struct span *info, const struct span *versions,
		       const struct symbols *s, struct buf *ret)
{
	enum { NONE, INFO, VERSIONS, SYMBOLS, STRINGS, NAMES, N };
	static const char names[] = "\0.modinfo\0__versions\0.symtab\0.strtab\0.shstrtab";
	Elf64_Shdr sections[N] = {
		[INFO] = { .sh_name = 1, .sh_type = SHT_PROGBITS, .sh_flags = SHF_ALLOC },
		[VERSIONS] = { .sh_name = 10, .sh_type = SHT_PROGBITS, .sh_flags = SHF_ALLOC },
		[SYMBOLS] = { .sh_name = 21,
			      .sh_type = SHT_SYMTAB,
			      .sh_link = STRINGS,
			      .sh_info = 1,
			      .sh_entsize = sizeof(Elf64_Sym) },
		[STRINGS] = { .sh_name = 29, .sh_type = SHT_STRTAB },
		[NAMES] = { .sh_name = 37, .sh_type = SHT_STRTAB }
	};
	size_t start = ret->len;
	Elf64_Shdr table = { 0 };
	Elf64_Ehdr head;

	memcpy(&head, data, sizeof(head));
	buf_add(ret, &head, sizeof(head));
	add_section(ret, start, &sections[INFO], data + info->from, info->to - info->from);
	add_section(ret, start, &sections[VERSIONS], data + versions->from, versions->to - versions->from);
	add_section(ret, start, &sections[SYMBOLS], s->table.data, s->table.len);
	add_section(ret, start, &sections[STRINGS], s->names.data, s->names.len);
	add_section(ret, start, &sections[NAMES], names, sizeof(names));
	add_section(ret, start, &table, (const char *)sections, sizeof(sections));
	head.e_shoff = table.sh_offset;
	head.e_shentsize = sizeof(Elf64_Shdr);
	head.e_shnum = N;
	head.e_shstrndx = NAMES;
	memcpy(ret->data + start, &head, sizeof(head));
}

/* The last place of orc before "end"; NULL if it isn't there. */
static const char *find_orc(const char *data, size_t end, const struct buf *orc)
{
	const char *found = NULL, *p = data;

	while ((p = memmem(p, end - (size_t)(p - data), orc->data, orc->len))) {
		found = p;
		p += orc->len;
	}
	return found;
}

static bool copy(const char *data, const struct span *info, const struct span *versions,
		 const struct buf *orc, struct buf *ret)
{
	const char *from = find_orc(data, versions->from, orc);
	struct symbols s = { 0 };
	bool ok;

	add_symbol(&s, "", "", 0, SHN_UNDEF);
	memset(s.table.data, 0, s.table.len);
	ok = from && add_exports(from + orc->len, data + versions->from, &s);
	for (size_t at = versions->from; ok && at < versions->to; at += VERSION_BYTES)
		add_symbol(&s, "", data + at + 8, strnlen(data + at + 8, NAME_BYTES), SHN_UNDEF);
	if (ok)
		write_copy(data, info, versions, &s, ret);
	buf_clear(&s.table);
	buf_clear(&s.names);
	return ok;
}

static bool is_module(const char *data, size_t len)
{
	const Elf64_Ehdr *e = (const Elf64_Ehdr *)data;

	return len >= sizeof(*e) && !memcmp(e->e_ident, ELFMAG, SELFMAG) &&
	       e->e_ident[EI_CLASS] == ELFCLASS64 && e->e_ident[EI_DATA] == ELFDATA2LSB &&
	       e->e_type == ET_REL;
}

enum thin_early thin_module_early(const void *elf, size_t len, const struct buf *orc,
				  struct thin_search *search, struct buf *ret)
{
	const char *data = elf;
	struct span versions, info;
	enum thin_early found;

	if (!is_module(data, len) || !orc->len)
		return THIN_WHOLE;
	if (!find_layout(data, len, search) || !versions_around(data, len, search->layout, &versions) ||
	    !find_magic(data, len, search))
		return THIN_MORE;
	found = info_around(data, len, search->magic, &info);
	if (found != THIN_DONE)
		return found;
	return has_no_order(data, &info) && info_value(data, &info, "name=") &&
			       copy(data, &info, &versions, orc, ret)
		       ? THIN_DONE
		       : THIN_WHOLE;
}
