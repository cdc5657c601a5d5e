/* The volume group that a physical volume belongs to, from its metadata (LVM2's lib/format_text/layout.h). */
#ifndef MULTIPATH_LVM_LABEL_H
#define MULTIPATH_LVM_LABEL_H

#include <stdbool.h>

#include "base/argv.h"

struct lvm_label {
	char *vg, *uuid; /* NULL: a physical volume of no volume group; free with lvm_label_clear */
	struct argv lvs; /* names of volumes that people made */
	unsigned n_pvs;
};

void lvm_label_clear(struct lvm_label *l);
/* false: fd holds no LVM2 physical volume, or its metadata can't be read. Only pread(2) is used. */
bool lvm_label_read(int fd, struct lvm_label *ret);
/* The metadata's text alone: "VG {\nid = "…"\n…". */
bool lvm_label_parse(const char *text, struct lvm_label *ret);

#endif
