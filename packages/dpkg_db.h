/*
 * dpkg's database of a new system, written directly: what `dpkg --unpack` of all packages would have left.
 *
 * root is the system's root folder. A package counts as unpacked only once
 * dpkg_db_write put the status file there.
 */
#ifndef PACKAGES_DPKG_DB_H
#define PACKAGES_DPKG_DB_H

#include "packages/deb.h"

struct dpkg_db {
	/* In no order: they are sorted when they are written, so that the same packages make the same files.
	 */
	struct argv paragraphs;    /* of status */
	struct argv file_triggers; /* lines of triggers/File */
	struct argv named;         /* "NAME PACKAGE[/noawait]": triggers/NAME */
};

/* Write the package's info files (list, md5sums, scripts); its control file and unpacked data are in deb. */
int dpkg_db_write_info(const char *root, const struct deb *deb, struct err *err);
/* Enter the package: state "unpacked". */
void dpkg_db_add(struct dpkg_db *db, const struct deb *deb);
int dpkg_db_write(const char *root, const struct dpkg_db *db, struct err *err);
void dpkg_db_clear(struct dpkg_db *db);

#endif
