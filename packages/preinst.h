/* Packages' preinst scripts: what they do, as far as it can be told without running them, and running them.
 */
#ifndef PACKAGES_PREINST_H
#define PACKAGES_PREINST_H

#include "base/argv.h"
#include "base/door.h"

/*
 * The lines that the script of a package runs when it was never there before, without what is for upgrades:
 * branches of case "$1", debhelper's "if [ "$1" = upgrade ] && ...". One line each, without indents and
 * comments. A script that isn't understood is left whole.
 */
void preinst_first_lines(const char *script, struct argv *ret);

/* A script of nothing but debhelper's calls for upgrades, which do nothing in a new system. */
bool preinst_is_for_upgrades(const char *script);

/*
 * Whether a script may run after its package's files came instead of before: it makes folders and empty files
 * and runs a kernel's hooks, and looks at nothing else. Whatever isn't understood may not.
 */
bool preinst_may_be_late(const char *script);

/*
 * Run the script of a package that is unpacked below dir (in a chroot that is open) as dpkg runs it before
 * unpacking: from the folder tmp.ci with the package's other control files, where debconf(7) looks for them.
 */
int preinst_run(const char *dir, const char *name, const char *arch, struct door *door, struct err *err);

#endif
