#include "iso-build/lists.h"

/* .incbin reads beside the folder that the compiler runs in, which is the top of the tree; room.mk names the
 * files for make. */
#define EMBED(symbol, path)                        \
	__asm__(".section .rodata\n"               \
		".globl " symbol "\n" symbol ":\n" \
		".incbin \"" path "\"\n"           \
		".byte 0\n"                        \
		".previous\n")

EMBED("iso_programs_list", "iso-build/programs.list");
EMBED("iso_modules_list", "iso-build/modules.list");
