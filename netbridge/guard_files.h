/* Copies of the network's files from before a change, and the unit that restores them at boot. */
#ifndef NETBRIDGE_GUARD_FILES_H
#define NETBRIDGE_GUARD_FILES_H

#include "netbridge/guardian.h"

/* ERR_INPUT if copies of an unconfirmed change are there already. */
int guard_files_keep(const struct net_guard_paths *paths, const char *const *files, struct err *err);
bool guard_files_pending(const struct net_guard_paths *paths);
/* Put them back; what was absent is removed. All of them are tried; the first error is told. */
int guard_files_restore(const struct net_guard_paths *paths, struct log *log, struct err *err);
void guard_files_forget(const struct net_guard_paths *paths);

#endif
