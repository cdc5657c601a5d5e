#include "packages/thin.h"

#include <elf.h>

#include "base/util.h"
#include "packages/thin_early.h"

#define ALIGN 8u

/* What libkmod reads; symbols and their names are of types of their own. */
static bool is_wanted(const Elf64_Shdr *s, const char *name)
{
	static const char *const names[] = { ".modinfo", "__versions", ".gnu.linkonce.this_module" };
	static const char *const starts[] = { "__ksymtab", "__kcrctab", "__version_ext" };

	if (s->sh_type == SHT_SYMTAB || s->sh_type == SHT_STRTAB)
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (str_eq(name, names[i]))
			return true;
	for (size_t i = 0; i < ARRAY_SIZE(starts); i++)
		if (str_starts(name, starts[i]))
			return true;
	return false;
}

static bool is_within(uint64_t at, uint64_t size, size_t len)
{
	return at <= len && size <= len - at;
}

/* The sections' table, checked; NULL if the file isn't understood. */
static const Elf64_Shdr *section_table(const char *data, size_t len)
{
	const Elf64_Ehdr *e = (const Elf64_Ehdr *)data;
	const Elf64_Shdr *s;

	if (len < sizeof(*e) || memcmp(e->e_ident, ELFMAG, SELFMAG) || e->e_ident[EI_CLASS] != ELFCLASS64 ||
	    e->e_ident[EI_DATA] != ELFDATA2LSB || e->e_shentsize != sizeof(*s) || e->e_shoff % ALIGN ||
	    !is_within(e->e_shoff, (uint64_t)e->e_shnum * sizeof(*s), len) || e->e_shstrndx >= e->e_shnum)
		return NULL;
	s = (const Elf64_Shdr *)(data + e->e_shoff);
	for (size_t i = 0; i < e->e_shnum; i++)
		if (s[i].sh_type != SHT_NOBITS && !is_within(s[i].sh_offset, s[i].sh_size, len))
			return NULL;
	/* Names end within their section. */
	if (!s[e->e_shstrndx].sh_size ||
	    data[s[e->e_shstrndx].sh_offset + s[e->e_shstrndx].sh_size - 1] != '\0')
		return NULL;
	return s;
}

static void pad(struct buf *b, size_t start)
{
	static const char zeros[ALIGN];

	buf_add(b, zeros, (ALIGN - (b->len - start) % ALIGN) % ALIGN);
}

bool thin_module(const void *elf, size_t len, struct buf *ret)
{
	const char *data = elf;
	const Elf64_Shdr *s = section_table(data, len);
	Elf64_Ehdr head;
	uint64_t end;
	const Elf64_Shdr *strings;
	auto_buf table = { 0 };
	size_t start = ret->len;

	if (!s)
		return false;
	memcpy(&head, data, sizeof(head));
	strings = &s[head.e_shstrndx];
	end = head.e_shoff + (uint64_t)head.e_shnum * sizeof(*s);
	buf_add(ret, &head, sizeof(head));
	for (size_t i = 0; i < head.e_shnum; i++) {
		Elf64_Shdr thin = s[i];

		if (s[i].sh_name >= strings->sh_size)
			return false;
		if (s[i].sh_type != SHT_NOBITS)
			end = MAX(end, s[i].sh_offset + s[i].sh_size);
		pad(ret, start);
		thin.sh_offset = ret->len - start;
		if (is_wanted(&s[i], data + strings->sh_offset + s[i].sh_name)) {
			buf_add(ret, data + s[i].sh_offset, s[i].sh_size);
		} else if (i) {
			thin.sh_type = SHT_NOBITS;
			thin.sh_size = 0;
		}
		buf_add(&table, &thin, sizeof(thin));
	}
	pad(ret, start);
	head.e_shoff = ret->len - start;
	memcpy(ret->data + start, &head, sizeof(head));
	buf_add(ret, table.data, table.len);
	/* What follows is the module's signature. */
	buf_add(ret, data + end, len - end);
	return true;
}

bool thin_orc_header(const void *elf, size_t len, struct buf *ret)
{
	const char *data = elf;
	const Elf64_Shdr *s = section_table(data, len), *strings;
	const Elf64_Ehdr *e = (const Elf64_Ehdr *)data;

	if (!s)
		return false;
	strings = &s[e->e_shstrndx];
	for (size_t i = 0; i < e->e_shnum; i++) {
		if (s[i].sh_name >= strings->sh_size || s[i].sh_type == SHT_NOBITS || !s[i].sh_size ||
		    !str_eq(data + strings->sh_offset + s[i].sh_name, ".orc_header"))
			continue;
		buf_add(ret, data + s[i].sh_offset, s[i].sh_size);
		return true;
	}
	return false;
}
