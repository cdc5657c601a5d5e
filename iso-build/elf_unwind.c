#include "iso-build/elf_unwind.h"

#include <gelf.h>

#include "base/util.h"

/* Offset and length in the file. */
struct span {
	uint64_t at, len;
};

/* How many spans there are to zero, at most two; 0 if the file is to stay as it is. */
static size_t find_tables(Elf *elf, struct span spans[2])
{
	Elf_Scn *scn = NULL;
	size_t names, n = 0;
	GElf_Shdr sh;

	if (elf_getshdrstrndx(elf, &names))
		return 0;
	while ((scn = elf_nextscn(elf, scn))) {
		const char *name = gelf_getshdr(scn, &sh) ? elf_strptr(elf, names, sh.sh_name) : NULL;

		if (!name)
			continue;
		if (str_eq(name, ".gcc_except_table"))
			return 0;
		if (n < 2 && (str_eq(name, ".eh_frame") || str_eq(name, ".eh_frame_hdr")))
			spans[n++] = (struct span){ sh.sh_offset, sh.sh_size };
	}
	return n;
}

bool elf_drop_unwind(struct buf *file)
{
	struct span spans[2];
	Elf *elf = NULL;
	size_t n = 0;

	elf_version(EV_CURRENT);
	if (file->len)
		elf = elf_memory(file->data, file->len);
	if (elf && elf_kind(elf) == ELF_K_ELF && gelf_getclass(elf) == ELFCLASS64)
		n = find_tables(elf, spans);
	elf_end(elf);
	for (size_t i = 0; i < n; i++) {
		if (spans[i].at > file->len || spans[i].len > file->len - spans[i].at)
			return false;
	}
	for (size_t i = 0; i < n; i++)
		memset(file->data + spans[i].at, 0, spans[i].len);
	return n > 0;
}
