/* Building a root apart from the machine around it, and without being root: namespaces(7), subuid(5). */
#ifndef PACKAGES_UNSHARE_H
#define PACKAGES_UNSHARE_H

#include "base/err.h"

/*
 * Go on in a child that is root in a user, mount, PID, UTS and IPC namespace of its own; this process only
 * waits for the child and takes over its exit status in *status. Returns 1 in the waiting process, 0 in the
 * child, and an error before either. No threads may run yet.
 *
 * A user's root is the user himself, and the users after it are his from /etc/subuid (by newuidmap(1)).
 * Root's is UNSHARE_FIRST, with 65535 more behind it: the new root must be theirs to write to. ERR_MACHINE:
 * the kernel or the user's settings do not allow it.
 */
#define UNSHARE_FIRST 100000u
#define UNSHARE_COUNT 65536u
int unshare_enter(int *status, struct err *err);

/*
 * Give this process, which is root, a mount namespace of its own: what it and its children mount from now on
 * is gone when they are, however they end; what others mount still shows. Where this is not allowed, mounts
 * are not either, and the first one says so. No threads may run yet.
 */
void unshare_mounts(void);

#endif
