/* Kernel modules without what only a debugger or a tracer reads of them. */
#ifndef ISO_BUILD_MODULES_STRIP_H
#define ISO_BUILD_MODULES_STRIP_H

#include "base/door.h"

/*
 * Take symbols, types for BPF, tables of the unwinder and the like out of the modules (.ko, .ko.xz) below
 * dir, which are a third of their size, by strip(1); all end up as .ko.xz or .ko, as they were. Their
 * signatures end with it: such a kernel loads them, but not under Secure Boot, where it is locked down.
 * work: an empty folder's path for what is unpacked meanwhile; it is made and removed.
 * ERR_INPUT names the module that is no sound xz file; ERR_TOOL if strip fails.
 */
int modules_strip(const char *dir, const char *work, struct door *door, struct err *err);

#endif
