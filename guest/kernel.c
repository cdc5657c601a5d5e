#include "guest/kernel.h"

#include <archive.h>
#include <archive_entry.h>
#include <gelf.h>

#include "base/file.h"
#include "base/util.h"

/* Offsets of the x86 boot protocol's header. */
#define SETUP_SECTS    0x1f1
#define HEADER_MAGIC   0x202
#define PROTOCOL       0x206
#define PAYLOAD_OFFSET 0x248
#define PAYLOAD_LENGTH 0x24c
#define HEADER_END     0x250
#define PAYLOAD_SINCE  0x0208 /* version of the protocol */

#define GZIP_MAGIC 0x8b1f

#define NOTE_ENTRY        1  /* XEN_ELFNOTE_ENTRY */
#define NOTE_PHYS32_ENTRY 18 /* XEN_ELFNOTE_PHYS32_ENTRY */

#define KERNEL_MAX ((size_t)512 << 20)

static unsigned le(const unsigned char *p, int bytes)
{
	unsigned v = 0;

	for (int i = bytes; i-- > 0;)
		v = v << 8 | p[i];
	return v;
}

static void read_note(struct kernel_notes *ret, const char *name, size_t name_len, unsigned type)
{
	if (name_len != 4 || memcmp(name, "Xen", 4) != 0)
		return;
	ret->pv = ret->pv || type == NOTE_ENTRY;
	ret->pvh = ret->pvh || type == NOTE_PHYS32_ENTRY;
}

static void read_segment(Elf *elf, const GElf_Phdr *ph, struct kernel_notes *ret)
{
	Elf_Data *data = elf_getdata_rawchunk(elf, (int64_t)ph->p_offset, ph->p_filesz, ELF_T_NHDR);
	size_t at = 0, name_at, desc_at;
	GElf_Nhdr note;

	while (data && (at = gelf_getnote(data, at, &note, &name_at, &desc_at)))
		read_note(ret, (const char *)data->d_buf + name_at, note.n_namesz, note.n_type);
}

static int read_elf(char *data, size_t len, struct kernel_notes *ret, struct err *err)
{
	Elf *elf;
	size_t n = 0;

	elf_version(EV_CURRENT);
	elf = elf_memory(data, len);
	if (!elf || elf_kind(elf) != ELF_K_ELF || elf_getphdrnum(elf, &n)) {
		elf_end(elf);
		return err_set(err, ERR_GUEST_MEDIUM, "no Linux kernel: neither a bzImage nor an ELF file");
	}
	ret->elf = true;
	for (size_t i = 0; i < n; i++) {
		GElf_Phdr ph;

		if (gelf_getphdr(elf, (int)i, &ph) && ph.p_type == PT_NOTE)
			read_segment(elf, &ph, ret);
	}
	elf_end(elf);
	return 0;
}

/* Whatever libarchive knows. */
static int unpack(const void *data, size_t len, struct buf *b, struct kernel_notes *ret, struct err *err)
{
	struct archive *a = archive_read_new();
	struct archive_entry *e;
	int r = 0;

	archive_read_support_filter_all(a);
	archive_read_support_format_raw(a);
	if (archive_read_open_memory(a, data, len) != ARCHIVE_OK ||
	    archive_read_next_header(a, &e) != ARCHIVE_OK) {
		r = err_set(err, ERR_GUEST_MEDIUM, "the kernel's payload can't be unpacked: %s",
			    archive_error_string(a));
	} else {
		ssize_t n;

		snprintf(ret->packing, sizeof(ret->packing), "%s", archive_filter_name(a, 0));
		while ((n = archive_read_data(a, buf_room(b, 1 << 20), 1 << 20)) > 0 && b->len < KERNEL_MAX)
			b->len += (size_t)n;
	}
	archive_read_free(a);
	return r;
}

int kernel_notes_read(const void *data, size_t len, struct kernel_notes *ret, struct err *err)
{
	const unsigned char *p = data;
	struct kernel_notes notes = { .packing = "none" };
	auto_buf elf = { 0 };
	size_t start, size;
	int r;

	if (len < HEADER_END || memcmp(p + HEADER_MAGIC, "HdrS", 4) != 0) {
		buf_add(&elf, data, len);
		r = read_elf(elf.data, elf.len, &notes, err);
	} else if (le(p + PROTOCOL, 2) < PAYLOAD_SINCE) {
		r = 0; /* older than what Xen's PVH is: nothing can be told */
	} else {
		start = ((size_t)(p[SETUP_SECTS] ? p[SETUP_SECTS] : 4) + 1) * 512 + le(p + PAYLOAD_OFFSET, 4);
		size = le(p + PAYLOAD_LENGTH, 4);
		if (start >= len || size > len - start)
			return err_set(err, ERR_GUEST_MEDIUM, "the kernel is cut short: %zu bytes of %zu",
				       len, start + size);
		/* The kernel's Makefile puts the unpacked length behind all but gzip, which has it. */
		if (size > 4 && le(p + start, 2) != GZIP_MAGIC)
			size -= 4;
		r = unpack(p + start, size, &elf, &notes, err);
		if (!r)
			r = read_elf(elf.data, elf.len, &notes, err);
	}
	if (!r)
		*ret = notes;
	return r;
}

int kernel_notes_file(const char *path, struct kernel_notes *ret, struct err *err)
{
	auto_buf b = { 0 };
	int r = file_read_max(path, KERNEL_MAX, &b, err);

	if (!r)
		r = kernel_notes_read(b.data, b.len, ret, err);
	return r ? err_wrap(err, "%s", path) : 0;
}
