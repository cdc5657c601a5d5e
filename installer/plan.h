/* All plans of one install together: made from facts and kickstart alone, printed, and then applied. */
#ifndef INSTALLER_PLAN_H
#define INSTALLER_PLAN_H

#include "facts/facts.h"
#include "installer/boot/boot.h"
#include "installer/disk/disk.h"
#include "kickstart/ks.h"
#include "multipath/plan.h"
#include "netbridge/netbridge.h"
#include "packages/image.h"
#include "packages/packages.h"

struct install_plan {
	struct arena arena;
	const struct facts *facts;
	const struct ks *ks;
	const struct mpath_plan *san; /* without LUNs when the file names none */
	struct disk_plan disk;
	struct net_plan net;
	struct boot_plan boot;
	struct pkg_request request;
	struct pkg_set set;  /* empty until solved */
	struct image *image; /* liveimg, once it was opened; else NULL */
	char *virt_warning;  /* the machine is less than `virt` wants, and it only warns; or NULL */
};

/* Pure. Refuses what this machine can't do or must not do (virt, guard), and what is asked for and not built
 * yet. facts have the map of a root LUN in place of its paths (mpath_root_facts); san (NULL: none) must
 * outlive the plan.
 */
int install_plan_make(const struct facts *facts, const struct ks *ks, const struct mpath_plan *san,
		      struct install_plan *ret, struct err *err);
void install_plan_clear(struct install_plan *plan);
void install_plan_print(const struct install_plan *plan, struct buf *b);
void install_plan_json(const struct install_plan *plan, struct buf *b);

#endif
