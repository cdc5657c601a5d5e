/* Inside this room: how LUNs are read. */
#ifndef MULTIPATH_READ_H
#define MULTIPATH_READ_H

#include "facts/sysroot.h"
#include "multipath/multipath.h"

/* What the installer leaves for later looks: "WWID PATHS ALIAS VG VG-UUID" a line, "-" for none. */
#define MPATH_LUNS_FILE "etc/xenith/luns"
/* LUNs on which an earlier try of this installation made its volume group. */
#define MPATH_MADE_FILE "run/xenith/luns-made"

/* hba.c: the ports of this machine that the LUNs' paths use. */
void mpath_read_hbas(const struct sysroot *sr, struct mpath *san);
const struct mpath_hba *mpath_hba(const struct mpath *san, unsigned host);
/* held.c: maps, contents, volume groups, reservations and expected paths that files tell of. */
void mpath_read_held(const struct sysroot *sr, struct mpath *san);
/* verdict.c: why a LUN is never offered, and how well it is reached. */
void mpath_judge(struct mpath *san);

#endif
