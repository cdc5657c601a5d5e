#include "iso-build/elf_stub.h"

#include <fcntl.h>
#include <gelf.h>

#include "base/util.h"

#define BLANK_BYTES 256 /* what every data symbol points at */
#define PAGE        4096
#define HEADS       4 /* program headers */

/* What every function does: return 0 (xor eax, eax; ret). */
static const unsigned char code[] = { 0x31, 0xc0, 0xc3 };

/* The tables of the library as they are taken over (System V ABI, chapters 4 and 5). */
struct stub {
	struct buf symbols, strings; /* .dynsym with new values, .dynstr */
	struct buf versym, verdef;   /* .gnu.version, .gnu.version_d */
	size_t n;                    /* symbols, with the empty first one */
	size_t n_verdef;
	GElf_Xword soname; /* offset in strings; 0: none */
};

static void read_symbols(struct stub *s, Elf_Data *data)
{
	GElf_Sym sym;

	for (int i = 0; gelf_getsym(data, i, &sym); i++) {
		Elf64_Sym out = { .st_name = sym.st_name, .st_info = sym.st_info, .st_other = sym.st_other };
		int type = GELF_ST_TYPE(sym.st_info);
		bool function = type == STT_FUNC || type == STT_GNU_IFUNC;

		/* Where it points is filled in once the layout is known. */
		if (sym.st_shndx != SHN_UNDEF && (function || type == STT_OBJECT)) {
			out.st_shndx = function ? 2 : 1;
			out.st_size = MIN(sym.st_size, (GElf_Xword)BLANK_BYTES);
			out.st_info = GELF_ST_INFO(GELF_ST_BIND(sym.st_info), function ? STT_FUNC : type);
		}
		buf_add(&s->symbols, &out, sizeof(out));
		s->n++;
	}
}

static void read_soname(struct stub *s, Elf_Data *data)
{
	GElf_Dyn dyn;

	for (int i = 0; gelf_getdyn(data, i, &dyn) && dyn.d_tag != DT_NULL; i++)
		if (dyn.d_tag == DT_SONAME)
			s->soname = dyn.d_un.d_val;
}

static void read_section(struct stub *s, Elf *elf, Elf_Scn *scn, const GElf_Shdr *sh)
{
	Elf_Data *data = elf_getdata(scn, NULL);
	Elf_Data *strings;

	if (!data)
		return;
	if (sh->sh_type == SHT_DYNSYM) {
		read_symbols(s, data);
		strings = elf_getdata(elf_getscn(elf, sh->sh_link), NULL);
		if (strings)
			buf_add(&s->strings, strings->d_buf, strings->d_size);
	} else if (sh->sh_type == SHT_DYNAMIC) {
		read_soname(s, data);
	} else if (sh->sh_type == SHT_GNU_versym) {
		buf_add(&s->versym, data->d_buf, data->d_size);
	} else if (sh->sh_type == SHT_GNU_verdef) {
		buf_add(&s->verdef, data->d_buf, data->d_size);
		s->n_verdef = sh->sh_info;
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
		r = err_set(err, ERR_ISO_LIST, "%s is no 64-bit ELF library", library);
	while (!r && (scn = elf_nextscn(elf, scn)) && gelf_getshdr(scn, &sh))
		read_section(s, elf, scn, &sh);
	elf_end(elf);
	if (!r && (!s->n || !s->strings.len))
		r = err_set(err, ERR_ISO_LIST, "%s exports nothing: it is no shared library", library);
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

/* The heads come last: they say where the rest went. The code has a page of its own, which is not writable.
 */
static void fill_heads(struct buf *out, size_t at_code, size_t dynamic, size_t dynamic_len)
{
	Elf64_Ehdr eh = { .e_type = ET_DYN,
			  .e_machine = EM_X86_64,
			  .e_version = EV_CURRENT,
			  .e_phoff = sizeof(eh),
			  .e_ehsize = sizeof(eh),
			  .e_phentsize = sizeof(Elf64_Phdr),
			  .e_phnum = HEADS,
			  .e_shentsize = sizeof(Elf64_Shdr) };
	Elf64_Phdr ph[HEADS] = { { .p_type = PT_LOAD,
				   .p_flags = PF_R | PF_W,
				   .p_filesz = at_code,
				   .p_memsz = at_code,
				   .p_align = PAGE },
				 { .p_type = PT_LOAD,
				   .p_flags = PF_R | PF_X,
				   .p_offset = at_code,
				   .p_vaddr = at_code,
				   .p_paddr = at_code,
				   .p_filesz = sizeof(code),
				   .p_memsz = sizeof(code),
				   .p_align = PAGE },
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

static size_t add_table(struct buf *out, const struct buf *table)
{
	size_t at = out->len;

	buf_add(out, table->data, table->len);
	align8(out);
	return at;
}

static void add_dynamic(const struct stub *s, struct buf *out, size_t symbols, size_t strings, size_t hash,
			size_t versym, size_t verdef)
{
	if (s->soname)
		add_dyn(out, DT_SONAME, s->soname);
	add_dyn(out, DT_HASH, hash);
	add_dyn(out, DT_STRTAB, strings);
	add_dyn(out, DT_SYMTAB, symbols);
	add_dyn(out, DT_STRSZ, s->strings.len);
	add_dyn(out, DT_SYMENT, sizeof(Elf64_Sym));
	if (s->versym.len && s->n_verdef) {
		add_dyn(out, DT_VERSYM, versym);
		add_dyn(out, DT_VERDEF, verdef);
		add_dyn(out, DT_VERDEFNUM, s->n_verdef);
	}
	add_dyn(out, DT_NULL, 0);
}

static void lay_out(struct stub *s, struct buf *out)
{
	static const char zero[PAGE];
	size_t blank = sizeof(Elf64_Ehdr) + HEADS * sizeof(Elf64_Phdr);
	size_t strings, hash, versym, verdef, symbols, dynamic, dynamic_len, at_code;
	Elf64_Sym *sym;

	buf_add(out, zero, blank);
	buf_add(out, zero, BLANK_BYTES);
	align8(out);
	strings = add_table(out, &s->strings);
	hash = out->len;
	add_hash(s, out);
	versym = add_table(out, &s->versym);
	verdef = add_table(out, &s->verdef);
	symbols = add_table(out, &s->symbols);
	dynamic = out->len;
	add_dynamic(s, out, symbols, strings, hash, versym, verdef);
	dynamic_len = out->len - dynamic;
	buf_add(out, zero, -out->len & (PAGE - 1));
	at_code = out->len;
	buf_add(out, code, sizeof(code));
	sym = (Elf64_Sym *)(void *)(out->data + symbols);
	for (size_t i = 1; i < s->n; i++)
		if (sym[i].st_shndx)
			sym[i].st_value = sym[i].st_shndx == 2 ? at_code : blank;
	fill_heads(out, at_code, dynamic, dynamic_len);
}

int elf_stub(const char *library, struct buf *ret, struct err *err)
{
	struct stub s = { 0 };
	int r = read_library(&s, library, err);

	if (!r)
		lay_out(&s, ret);
	buf_clear(&s.symbols);
	buf_clear(&s.strings);
	buf_clear(&s.versym);
	buf_clear(&s.verdef);
	return r;
}
