/* What changes between two versions of the language, out of the commands' tables. */
#ifndef KICKSTART_VERDIFF_H
#define KICKSTART_VERDIFF_H

#include "kickstart/version.h"

enum ks_change { KS_REMOVED, KS_DEPRECATED, KS_ADDED };

/*
 * Call fn for each change on the way from one version to the other: first the commands that were removed, are
 * deprecated, were added; then, for each command that both know, its options likewise. Names come in
 * alphabetical order; option is NULL for a command as a whole. Sections with options (%packages) count as
 * commands, each spelling of an option as an option. The two versions may stand in any order.
 */
typedef void (*ks_verdiff_fn)(void *arg, enum ks_change change, const char *command, const char *option);
void ks_verdiff(enum ks_version from, enum ks_version to, ks_verdiff_fn fn, void *arg);

#endif
