/* The SAN of this machine, brought up: modules, multipathd, HBAs scanned, paths and maps waited for. */
#ifndef MULTIPATH_LIVE_H
#define MULTIPATH_LIVE_H

#include "base/door.h"
#include "multipath/plan.h"

/* Called with a line for people whenever what is waited for changes, and every 10 seconds. */
typedef void (*mpath_progress_fn)(void *arg, const char *text);

/*
 * Load dm-multipath and the device handlers, write /etc/multipath.conf and the WWIDs, start multipathd or
 * have it read them again. Every child is killed after its time. ERR_TOOL if multipathd doesn't start.
 */
int mpath_live_start(const struct ks *ks, unsigned retries, struct door *door, struct err *err);

/*
 * Have all HBAs look for LUNs, and read the SAN until every `lun` line has its paths or its --wait is over;
 * then look at what the named LUNs hold. Too few paths are no error here: mpath_plan_make says so. *ret is
 * the caller's to clear, also after an error.
 */
int mpath_live_wait(const struct ks *ks, struct door *door, mpath_progress_fn fn, void *arg,
		    struct mpath *ret, struct err *err);

/* Wait until each planned LUN has its map with --min-paths paths in it, a minute at most; ERR_TOOL that names
 * those that didn't come. */
int mpath_live_maps(const struct mpath_plan *plan, struct door *door, mpath_progress_fn fn, void *arg,
		    struct err *err);

/* The kernel name ("dm-3") of the map with that WWID; NULL: none. free(3). */
char *mpath_map_of(const char *wwid);

/*
 * Make and join volume groups as planned; fills in the UUIDs of new ones. LVM is shown the LUN's map and
 * nothing else. Before anything is written the map must be the LUN's and the LUN still be empty. A group that
 * is joined is read, with --readonly. made: a file that says which LUNs were begun with (NULL: none).
 */
int mpath_vg_apply(struct mpath_plan *plan, const char *made, struct door *door, struct err *err);

#endif
