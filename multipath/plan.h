/*
 * What the kickstart file's `lun` lines come to on a SAN: which LUNs are mapped under which names, and what
 * is done with each. Everything that isn't named there is left alone.
 */
#ifndef MULTIPATH_PLAN_H
#define MULTIPATH_PLAN_H

#include "base/json.h"
#include "kickstart/ks.h"
#include "multipath/multipath.h"

enum mpath_use {
	MPATH_MAP,    /* it is mapped, no more */
	MPATH_ROOT,   /* it is the disk that the system is installed on */
	MPATH_CREATE, /* a volume group is made on it */
	MPATH_JOIN,   /* its volume group is used as it is */
	MPATH_KEEP, /* its volume group was made when this host was installed, or by an earlier try of that */
};

struct mpath_lun_plan {
	const struct ks_lun *ks;
	const struct mpath_lun *lun;
	const char *wwid;
	const char *name; /* of the map, below /dev/mapper: the alias, else the WWID */
	enum mpath_use use;
	const char *vg, *vg_uuid; /* NULL: none; the UUID is known of a group that is there */
	const char *warning;      /* for people, or NULL */
};

struct mpath_plan {
	struct arena arena;
	struct mpath_lun_plan *luns; /* in the file's order */
	size_t n_luns;
};

#define MPATH_WAIT_S 120 /* --wait when it isn't said */

/*
 * Pure. Each LUN must be there with --min-paths paths up and be fit for its use; all that is wrong is said at
 * once, "file:line: word: reason" a line. ERR_INPUT for what is wrong in the file, ERR_MACHINE for what the
 * SAN doesn't give. waited: the paths were waited for. san and ks must outlive the plan.
 */
int mpath_plan_make(const struct mpath *san, const struct ks *ks, bool waited, struct mpath_plan *ret,
		    struct err *err);
void mpath_plan_clear(struct mpath_plan *plan);
/* One line an action, "lun 3600…: …". */
void mpath_plan_print(const struct mpath_plan *plan, struct buf *b);
json_t *mpath_plan_json(const struct mpath_plan *plan);
/* The LUN that the system goes on; NULL: none. */
const struct mpath_lun_plan *mpath_plan_root(const struct mpath_plan *plan);

/* How many paths a `lun` line wants, and how long they are waited for. */
size_t mpath_min_paths(const struct ks_lun *lun);
unsigned mpath_wait_s(const struct ks_lun *lun);

#define MPATH_NEVER_QUEUE 0  /* installer: an error at once when all paths are gone */
#define MPATH_QUEUE       24 /* installed host: checks of 5 s that I/O waits for a path */

/*
 * Text of /etc/multipath.conf for LUNs that a kickstart file names: an allow-list, names, a limit to
 * queueing. How each make of storage is treated is left to multipath-tools' own table.
 */
void mpath_conf(const struct ks *ks, unsigned retries, struct buf *b);
/* Text of /etc/multipath/wwids: without a line there multipath makes no map (find_multipaths strict). */
void mpath_wwids(const struct ks *ks, struct buf *b);
/* Text of /etc/xenith/luns. */
void mpath_luns_file(const struct mpath_plan *plan, struct buf *b);

#endif
