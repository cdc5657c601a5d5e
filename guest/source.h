/* An installer's kernel and initrd: of a tree, a Debian suite, a medium, or by name. */
#ifndef GUEST_SOURCE_H
#define GUEST_SOURCE_H

#include "base/log.h"
#include "guest/guest.h"

/*
 * Fetch and check the kernel and initrd of the installer that spec's answers are for, into dir (made, 0600,
 * each named by its SHA-256: one that is there already is not fetched again), and set spec->kernel and
 * spec->initrd to them. Sums come from the tree's .treeinfo, or for Debian from SHA256SUMS, which the signed
 * Release file vouches for (keyring NULL: Debian's own). ERR_FETCH, ERR_INPUT.
 */
int guest_source_fetch(struct guest_spec *spec, const char *dir, const char *keyring, struct log *log,
		       struct err *err);
/* Look into spec->kernel: which types it can be. Sets spec->kernel_pv, kernel_pvh, kernel_known. ERR_INPUT.
 */
int guest_source_probe(struct guest_spec *spec, struct err *err);

/* A value of an INI text (.treeinfo); NULL. free(3). */
char *ini_value(const char *text, const char *section, const char *key);

#endif
