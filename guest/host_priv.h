/* The parts of guest_host_read(). Strings go into the host's arena. */
#ifndef GUEST_HOST_PRIV_H
#define GUEST_HOST_PRIV_H

#include "guest/guest.h"

/* Whether it is this machine, not a captured one. */
bool ghost_is_live(const struct guest_host *h);
/* Sorted names in a folder below root; those that begin with a dot are none. */
void ghost_names(const struct guest_host *h, const char *path, struct argv *ret);
/* A copy, NULL-terminated. */
const char **ghost_words(struct arena *a, const struct argv *v);

/* host_lvm.c: volume groups and volumes, as lvm's JSON reports say; none where there is no LVM. ERR_TOOL. */
int ghost_lvm(struct guest_host *h, struct err *err);
/* host_san.c: whether a block device is a multipath map or comes over a fabric, or stands on one. */
bool ghost_on_san(const struct guest_host *h, const char *device);
/* host_guests.c: what /etc/xen has; files that can't be read go to h->unread. */
void ghost_guests(struct guest_host *h);

#endif
