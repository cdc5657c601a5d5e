/* What a package's preinst script does, as far as it can be told without running it. */
#ifndef PACKAGES_PREINST_H
#define PACKAGES_PREINST_H

#include <stdbool.h>

/* A script of nothing but debhelper's calls for upgrades, which do nothing in a new system. */
bool preinst_is_for_upgrades(const char *script);

/*
 * Whether a script may run after its package's files came instead of before: it makes folders and empty files
 * and runs a kernel's hooks, and looks at nothing else. Whatever isn't understood may not.
 */
bool preinst_may_be_late(const char *script);

#endif
