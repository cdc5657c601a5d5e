/* What a dynamically linked program needs to run: its loader and all its libraries. */
#ifndef ISO_BUILD_ELF_H
#define ISO_BUILD_ELF_H

#include <stdbool.h>

#include "base/argv.h"
#include "base/err.h"

/*
 * Add to ret the paths of the loader and of every library that file needs, directly or not, as ld.so(8) finds
 * them without a cache: DT_RUNPATH/DT_RPATH of the object that needs them, then Debian's default folders.
 * A static program or a file that isn't ELF needs nothing. Paths already in ret are not searched again.
 * What libraries need whose names begin with a word of hollow (NULL: none) is left out: nothing is in them
 * (elf_stub.h).
 * ERR_MACHINE names the library that isn't there and who needs it; ERR_SYS for a file that can't be read.
 */
int elf_closure(const char *file, const struct argv *hollow, struct argv *ret, struct err *err);

/* Whether the file name of path begins with one of the words (NULL: none). */
bool elf_named(const char *path, const struct argv *words);

/* The path of a library by its name, in the default folders; NULL if there is none. free(3). */
char *elf_find_library(const char *name);

#endif
