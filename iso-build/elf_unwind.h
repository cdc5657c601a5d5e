/* Programs and libraries without the tables that exceptions and debuggers unwind the stack by. */
#ifndef ISO_BUILD_ELF_UNWIND_H
#define ISO_BUILD_ELF_UNWIND_H

#include <stdbool.h>

#include "base/buf.h"

/*
 * Zero the contents of .eh_frame and .eh_frame_hdr in an ELF file in memory; sizes and addresses stay, and
 * zeros take no room once they are compressed. The tables are a tenth of a program, and C has no use for
 * them: pthread_cancel(3) runs the handlers of pthread_cleanup_push(3) without them, too. Left as it is: what
 * has handlers of exceptions itself (.gcc_except_table), and what is no sound 64-bit ELF file. The unwinder,
 * libgcc_s, needs its own: not to be called for it. True if something was zeroed.
 */
bool elf_drop_unwind(struct buf *file);

#endif
