/*
 * Thin copies of a kernel's modules: uncompressed, and only what depmod(8) and dracut-install(1) read of
 * them.
 *
 * Both decompress every module to read a few of its sections, and building an initramfs runs both; that is a
 * fifth of the processor time that a whole dom0 takes. libkmod recognises how a module is compressed by its
 * first bytes and not by its name, so a tree of thin copies under the true names takes the modules' place.
 */
#ifndef PACKAGES_THIN_H
#define PACKAGES_THIN_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/log.h"

/* Below a root: the modules of VERSION are in THIN_DIR/lib/modules/VERSION, as depmod's option -b wants it.
 */
#define THIN_DIR "var/cache/xenith/thin"

/*
 * Append a module's thin copy to ret: its ELF header, the sections with symbols and modinfo, and the section
 * table, in which the others are empty. False if it is no 64-bit little-endian ELF file in one piece.
 */
bool thin_module(const void *elf, size_t len, struct buf *ret);

struct thin_tree;

/*
 * Begin to copy the modules of one kernel below root with these many threads; what is there already stays.
 * NULL if there is nothing to gain: its modules aren't compressed by xz.
 */
struct thin_tree *thin_tree_start(const char *root, const char *version, unsigned threads, struct log *log);
/* Wait for the end, or stop early; and free. True: all are there. NULL is false. */
bool thin_tree_finish(struct thin_tree *tree, bool stop);
/* depmod has written its lists beside the true modules: let the thin tree have them too. */
bool thin_tree_link_lists(const char *root, const char *version);
/* There are no thin modules of that kernel any more. */
void thin_tree_remove(const char *root, const char *version);

#endif
