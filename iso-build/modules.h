/* The kernel's modules that the installer needs, out of an unpacked linux-image package. */
#ifndef ISO_BUILD_MODULES_H
#define ISO_BUILD_MODULES_H

#include "base/door.h"

struct kernel {
	char *release; /* "6.12.107+deb13-amd64" */
	char *image;   /* path of its vmlinuz */
	char *modules; /* folder with kernel/, modules.builtin, ... */
};

/* Find the one kernel in a folder that a linux-image package was unpacked into. ERR_MACHINE: none, or
 * several. */
int kernel_find(const char *dir, struct kernel *ret, struct err *err);
void kernel_clear(struct kernel *kernel);

/*
 * Copy the modules of a list (names apart by blanks; # starts a comment; a ? behind a name: only if this
 * kernel has it) with what they depend on to DIR/usr/lib/modules/RELEASE, compressed as they are, and run
 * depmod(8) there. Names built into the kernel are fine. ERR_MACHINE names all that this kernel lacks.
 * firmware: the names of the firmware files that they ask for are added; or NULL.
 */
int modules_copy(const struct kernel *kernel, const char *list, const char *dir, struct argv *firmware,
		 struct door *door, struct err *err);

#endif
