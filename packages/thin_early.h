/*
 * A module's thin copy from its first bytes alone.
 *
 * What depmod(8) reads of a module lies before most of its relocations, and the section table, which says
 * where, at its very end. Decompressing all of it for that is most of the work. The places are found by what
 * is in them, and only where no doubt is left: otherwise the module is to be read as a whole.
 */
#ifndef PACKAGES_THIN_EARLY_H
#define PACKAGES_THIN_EARLY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

enum thin_early {
	THIN_MORE,  /* ask again with more of it */
	THIN_DONE,  /* the copy was appended */
	THIN_WHOLE, /* its first bytes won't tell */
};

/* Where the search is; zeroed for each module. */
struct thin_search {
	size_t layout_seen, magic_seen; /* bytes that were searched */
	size_t layout, magic;           /* found there; 0: not yet */
};

/*
 * The content of .orc_header, which is the same in all modules of one kernel and stands before the names that
 * a module exports. elf: a whole module. False if it has none: no module can be told early then.
 */
bool thin_orc_header(const void *elf, size_t len, struct buf *ret);

/* data: the first len bytes of a module; orc: from thin_orc_header, of the same kernel. */
enum thin_early thin_module_early(const void *data, size_t len, const struct buf *orc,
				  struct thin_search *search, struct buf *ret);

#endif
