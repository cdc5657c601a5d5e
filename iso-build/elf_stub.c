#include "iso-build/elf_stub.h"

#include <fcntl.h>
#include <gelf.h>

#include "base/util.h"

#define BLANK_BYTES 256 /* what every symbol points at */

/* The tables of the new object as they grow (System V ABI, chapters 4 and 5). */
struct stub {
	struct buf symbols, strings;
	size_t n;      /* symbols, with the empty first one */
	size_t soname; /* offset in strings; 0: none */
};

static size_t add_string(struct stub *s, const char *text)
{
	size_t at = s->strings.len;

	buf_add(&s->strings, text, strlen(text) + 1);
	return at;
}

static int add_symbol(struct stub *s, const char *library, const char *name, const GElf_Sym *sym,
		      struct err *err)
{
	/* The value is filled in once the layout is known. */
	Elf64_Sym out = { .st_info = sym->st_info, .st_other = sym->st_other, .st_shndx = 1 };

	if (sym->st_shndx == SHN_UNDEF)
		return 0;
	if (GELF_ST_TYPE(sym->st_info) != STT_OBJECT)
		return err_set(err, ERR_INPUT, "%s exports %s, which is no data: nothing can stand in for it",
			       library, name);
	out.st_name = (Elf64_Word)add_string(s, name);
	out.st_size = BLANK_BYTES;
	buf_add(&s->symbols, &out, sizeof(out));
	s->n++;
	return 0;
}

static int read_symbols(struct stub *s, const char *library, Elf *elf, Elf_Scn *scn, const GElf_Shdr *sh,
			struct err *err)
{
	Elf_Data *data = elf_getdata(scn, NULL);
	GElf_Sym sym;
	int r = 0;

	for (int i = 1; data && !r && gelf_getsym(data, i, &sym); i++) {
		const char *name = elf_strptr(elf, sh->sh_link, sym.st_name);

		if (name)
			r = add_symbol(s, library, name, &sym, err);
	}
	return r;
}

static void read_soname(struct stub *s, Elf *elf, Elf_Scn *scn, const GElf_Shdr *sh)
{
	Elf_Data *data = elf_getdata(scn, NULL);
	GElf_Dyn dyn;

	for (int i = 0; data && gelf_getdyn(data, i, &dyn) && dyn.d_tag != DT_NULL; i++) {
		const char *name = elf_strptr(elf, sh->sh_link, dyn.d_un.d_val);

		if (dyn.d_tag == DT_SONAME && name)
			s->soname = add_string(s, name);
	}
}

static int read_library(struct stub *s, const char *library, struct err *err)
{
	auto_close int fd = open(library, O_RDONLY | O_CLOEXEC);
	Elf_Scn *scn = NULL;
	GElf_Shdr sh;
	Elf *elf;
	int r = 0;

	if (fd < 0)
		return err_sys(err, "cannot open %s", library);
	elf_version(EV_CURRENT);
	elf = elf_begin(fd, ELF_C_READ_MMAP, NULL);
	if (!elf || gelf_getclass(elf) != ELFCLASS64)
		r = err_set(err, ERR_INPUT, "%s is no 64-bit ELF library", library);
	while (!r && (scn = elf_nextscn(elf, scn)) && gelf_getshdr(scn, &sh)) {
		if (sh.sh_type == SHT_DYNSYM)
			r = read_symbols(s, library, elf, scn, &sh, err);
		else if (sh.sh_type == SHT_DYNAMIC)
			read_soname(s, elf, scn, &sh);
	}
	elf_end(elf);
	return r;
}

static void align8(struct buf *b)
{
	static const char zero[8];

	buf_add(b, zero, -b->len & 7);
}

/* A hash table of one chain through all symbols. */
static void add_hash(const struct stub *s, struct buf *out)
{
	Elf64_Word head[3] = { 1, (Elf64_Word)s->n, s->n > 1 ? 1 : 0 };

	buf_add(out, head, sizeof(head));
	for (size_t i = 0; i < s->n; i++) {
		Elf64_Word next = i > 0 && i + 1 < s->n ? (Elf64_Word)i + 1 : 0;

		buf_add(out, &next, sizeof(next));
	}
	align8(out);
}

static void add_dyn(struct buf *out, Elf64_Sxword tag, size_t value)
{
	Elf64_Dyn d = { .d_tag = tag, .d_un = { .d_val = value } };

	buf_add(out, &d, sizeof(d));
}

/* The heads come last: they say where the rest went. */
static void fill_heads(struct buf *out, size_t dynamic, size_t dynamic_len)
{
	Elf64_Ehdr eh = { .e_type = ET_DYN,
			  .e_machine = EM_X86_64,
			  .e_version = EV_CURRENT,
			  .e_phoff = sizeof(eh),
			  .e_ehsize = sizeof(eh),
			  .e_phentsize = sizeof(Elf64_Phdr),
			  .e_phnum = 3,
			  .e_shentsize = sizeof(Elf64_Shdr) };
	Elf64_Phdr ph[3] = { { .p_type = PT_LOAD,
			       .p_flags = PF_R | PF_W,
			       .p_filesz = out->len,
			       .p_memsz = out->len,
			       .p_align = 4096 },
			     { .p_type = PT_DYNAMIC,
			       .p_flags = PF_R | PF_W,
			       .p_offset = dynamic,
			       .p_vaddr = dynamic,
			       .p_paddr = dynamic,
			       .p_filesz = dynamic_len,
			       .p_memsz = dynamic_len,
			       .p_align = 8 },
			     { .p_type = PT_GNU_STACK, .p_flags = PF_R | PF_W, .p_align = 16 } };

	memcpy(eh.e_ident, ELFMAG, SELFMAG);
	eh.e_ident[EI_CLASS] = ELFCLASS64;
	eh.e_ident[EI_DATA] = ELFDATA2LSB;
	eh.e_ident[EI_VERSION] = EV_CURRENT;
	memcpy(out->data, &eh, sizeof(eh));
	memcpy(out->data + sizeof(eh), ph, sizeof(ph));
}

static void lay_out(struct stub *s, struct buf *out)
{
	static const char zero[BLANK_BYTES];
	size_t blank = sizeof(Elf64_Ehdr) + 3 * sizeof(Elf64_Phdr), symbols, strings, hash, dynamic;

	buf_add(out, zero, blank);
	buf_add(out, zero, BLANK_BYTES);
	align8(out);
	for (size_t i = 1; i < s->n; i++)
		((Elf64_Sym *)(void *)s->symbols.data)[i].st_value = blank;
	symbols = out->len;
	buf_add(out, s->symbols.data, s->symbols.len);
	strings = out->len;
	buf_add(out, s->strings.data, s->strings.len);
	align8(out);
	hash = out->len;
	add_hash(s, out);
	dynamic = out->len;
	if (s->soname)
		add_dyn(out, DT_SONAME, s->soname);
	add_dyn(out, DT_HASH, hash);
	add_dyn(out, DT_STRTAB, strings);
	add_dyn(out, DT_SYMTAB, symbols);
	add_dyn(out, DT_STRSZ, s->strings.len);
	add_dyn(out, DT_SYMENT, sizeof(Elf64_Sym));
	add_dyn(out, DT_NULL, 0);
	fill_heads(out, dynamic, out->len - dynamic);
}

int elf_stub(const char *library, struct buf *ret, struct err *err)
{
	static const Elf64_Sym none;
	struct stub s = { .n = 1 };
	int r;

	buf_add(&s.symbols, &none, sizeof(none));
	buf_addc(&s.strings, '\0');
	r = read_library(&s, library, err);
	if (!r)
		lay_out(&s, ret);
	buf_clear(&s.symbols);
	buf_clear(&s.strings);
	return r;
}
