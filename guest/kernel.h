/* What a Linux kernel can be under Xen: the ELF notes of its decompressed image
 * (xen/include/public/elfnote.h). */
#ifndef GUEST_KERNEL_H
#define GUEST_KERNEL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct kernel_notes {
	bool elf;         /* it could be looked into */
	bool pv, pvh;     /* XEN_ELFNOTE_ENTRY, XEN_ELFNOTE_PHYS32_ENTRY */
	char packing[16]; /* of its payload: "zstd", "xz", ...; "none" */
};

/* A bzImage (x86 boot protocol, Documentation/arch/x86/boot.rst) or an ELF file. ERR_INPUT: neither. */
int kernel_notes_read(const void *data, size_t len, struct kernel_notes *ret, struct err *err);
int kernel_notes_file(const char *path, struct kernel_notes *ret, struct err *err);

#endif
