/* What unpacking leaves to programs of the new system: preinst scripts, and the packages that are dpkg's own
 * to unpack. */
#ifndef PACKAGES_UNPACK_SCRIPTS_H
#define PACKAGES_UNPACK_SCRIPTS_H

#include "packages/receive.h"

#define SPOOL "var/cache/xenith/debs" /* below the root: NAME.deb */

struct unpack_scripts {
	const struct pkg_set *set; /* their order */
	const char *arch, *dir;
	const struct receive *rc; /* its lists of packages */
	struct door *door;
	struct pkg_progress *progress;
};

/* Run them, and begin what pkg_configure needs first beside them. */
int unpack_scripts(const struct unpack_scripts *u, struct err *err);

#endif
