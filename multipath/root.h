/* The LUN that the system goes on, as one disk among the machine's. */
#ifndef MULTIPATH_ROOT_H
#define MULTIPATH_ROOT_H

#include "facts/facts.h"
#include "multipath/plan.h"

/*
 * Replace the paths to the plan's root LUN by one disk, its map: "/dev/mapper/NAME", with the paths' ids and
 * what the LUN holds. kernel_name is the map's ("dm-3"; NULL: it isn't there, in a dry run).
 */
void mpath_root_facts(const struct mpath_plan *plan, const char *kernel_name, struct facts *facts);

#endif
