#include "guest/kernel.h"

#include <archive.h>
#include <archive_entry.h>
#include <elf.h>
#include <stddef.h>

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

static uint64_t le(const unsigned char *p, int bytes)
{
	uint64_t v = 0;

	for (int i = bytes; i-- > 0;)
		v = v << 8 | p[i];
	return v;
}

static void read_note(struct kernel_notes *ret, const unsigned char *name, size_t name_len, unsigned type)
{
	if (name_len != 4 || memcmp(name, "Xen", 4) != 0)
		return;
	ret->pv = ret->pv || type == NOTE_ENTRY;
	ret->pvh = ret->pvh || type == NOTE_PHYS32_ENTRY;
}

static size_t padded(size_t len)
{
	return (len + 3) & ~(size_t)3;
}

/* Length of the name, length of the description, type; then both, each padded to 4 bytes. */
static void read_notes(const unsigned char *p, size_t len, struct kernel_notes *ret)
{
	const size_t head = sizeof(Elf64_Nhdr);

	while (len >= head) {
		size_t name = le(p, 4), size = head + padded(name) + padded(le(p + 4, 4));

		if (name > len - head || size > len)
			return;
		read_note(ret, p + head, name, le(p + 8, 4));
		p += size;
		len -= size;
	}
}

/*
 * By hand (elf(5)): the installed host has no libelf of ours, which the medium is too small for. Kernels of
 * both word sizes; read_segments() passes over what points outside the file.
 */
static void read_segments(const unsigned char *p, size_t len, bool wide, struct kernel_notes *ret)
{
	uint64_t at =
		wide ? le(p + offsetof(Elf64_Ehdr, e_phoff), 8) : le(p + offsetof(Elf32_Ehdr, e_phoff), 4);
	size_t size = wide ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
	size_t n = le(p + (wide ? offsetof(Elf64_Ehdr, e_phnum) : offsetof(Elf32_Ehdr, e_phnum)), 2);

	for (; n && at <= len && size <= len - at; n--, at += size) {
		const unsigned char *h = p + at;
		uint64_t off, fill;

		if (le(h, 4) != PT_NOTE)
			continue;
		off = wide ? le(h + offsetof(Elf64_Phdr, p_offset), 8)
			   : le(h + offsetof(Elf32_Phdr, p_offset), 4);
		fill = wide ? le(h + offsetof(Elf64_Phdr, p_filesz), 8)
			    : le(h + offsetof(Elf32_Phdr, p_filesz), 4);
		if (off <= len && fill <= len - off)
			read_notes(p + off, (size_t)fill, ret);
	}
}

static int read_elf(const char *data, size_t len, struct kernel_notes *ret, struct err *err)
{
	const unsigned char *p = (const unsigned char *)data;
	bool wide = len > EI_CLASS && p[EI_CLASS] == ELFCLASS64;

	if (len < (wide ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr)) || memcmp(p, ELFMAG, SELFMAG) != 0 ||
	    p[EI_DATA] != ELFDATA2LSB)
		return err_set(err, ERR_GUEST_MEDIUM, "no Linux kernel: neither a bzImage nor an ELF file");
	ret->elf = true;
	read_segments(p, len, wide, ret);
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
			buf_used(b, (size_t)n);
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
		r = read_elf(buf_str(&elf), elf.len, &notes, err);
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
			r = read_elf(buf_str(&elf), elf.len, &notes, err);
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
