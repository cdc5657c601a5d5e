/*
 * A list of the files below a folder, with their sizes and SHA-256, that a later look at the folder is
 * checked against. A text: "xenith-manifest 1 COUNT", then "SHA256 SIZE PATH" a line, sorted by path; a
 * symbolic link is listed with the hash and length of its target. Folders, devices and empty trees are not
 * listed.
 */
#ifndef BASE_MANIFEST_H
#define BASE_MANIFEST_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

/* Append the manifest of the tree at root. ERR_SYS for what can't be read, ERR_INPUT for a newline in a name.
 */
int manifest_make(const char *root, struct buf *ret, struct err *err);

struct manifest_sum {
	uint64_t files, bytes;
};

/*
 * Compare the tree at root with a manifest: every listed file must be there, as long as listed and with the
 * same content; further files don't matter. ERR_MACHINE says how many files are missing, cut or changed and
 * names the first; ERR_INPUT if the manifest itself is damaged. sum may be NULL.
 */
int manifest_check(const char *root, const char *manifest, struct manifest_sum *sum, struct err *err);

#endif
