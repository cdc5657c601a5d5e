/* Guests that start with the host: links in /etc/xen/start, NN-NAME, in their order. */
#ifndef GUEST_AUTOSTART_H
#define GUEST_AUTOSTART_H

#include "base/door.h"
#include "guest/guest.h"

/* Not /etc/xen/auto: what lies there xendomains(8) starts, whoever owns the volumes. */
#define GUEST_START_DIR "/etc/xen/start"

/* The file's name that a link of root's folder leads to; NULL: it is no link. free(3). */
char *autostart_link(const char *root, const char *folder, const char *name);
/* Remove the links that lead to a guest, those of xendomains(8) too. */
int autostart_forget(const struct guest_known *guest, struct door *door, struct err *err);

/*
 * Start, one after the other, all that do not run yet, as guest_start() does; behind each wait as long as its
 * record says. One that can't be started keeps the others from nothing. said gets a line for each guest.
 * ERR_...: that of the first which failed.
 */
int guest_autostart(const struct guest_host *host, void (*said)(const char *line), struct door *door,
		    struct err *err);

#endif
