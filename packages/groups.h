/* The package groups that a kickstart file may name; groups.conf defines them. */
#ifndef PACKAGES_GROUPS_H
#define PACKAGES_GROUPS_H

#include "base/argv.h"

/* Add the group's package names; name without the @. Returns -1 if there is no such group. */
int group_add(const char *name, struct argv *ret);
/* Add the names of all groups. */
void group_names(struct argv *ret);

#endif
