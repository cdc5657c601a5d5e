/*
 * The staging tree: the root file system that the initramfs is made of, filled from the build machine by a
 * list.
 *
 * Its /bin, /sbin, /lib and /lib64 are links into /usr, as on Debian; a file asked for below them lands below
 * /usr. Staged programs bring their loader and libraries with them.
 */
#ifndef ISO_BUILD_STAGE_H
#define ISO_BUILD_STAGE_H

#include "base/door.h"

struct stage {
	const char *dir;
	struct door *door;
	struct argv staged; /* paths in the tree that are there already */
	struct argv stubs;  /* libraries whose names begin so are stood in for (elf_stub.h) */
};

/* Make the folders and links of an empty root. */
int stage_init(struct stage *stage, const char *dir, struct door *door, struct err *err);
void stage_clear(struct stage *stage);

/*
 * Copy a file of the build machine under its own path; for a link, the link and what it points at. Modes are
 * kept as 0755 or 0644. ELF files bring their closure, and lose the tables that elf_unwind.h tells of.
 */
int stage_file(struct stage *stage, const char *path, struct err *err);
/* Every file below a folder. */
int stage_tree(struct stage *stage, const char *path, struct err *err);
/* Copy the program at source to path. */
int stage_program_as(struct stage *stage, const char *source, const char *path, struct err *err);
int stage_write(struct stage *stage, const char *path, const char *text, mode_t mode, struct err *err);

/*
 * Do what a list says (iso-build/programs.list explains its lines). name stands in errors: ERR_MACHINE for
 * what isn't on this machine, "programs.list:12: program mkfs.xfs: not on this machine (...)"
 */
int stage_list(struct stage *stage, const char *name, const char *text, struct err *err);

#endif
