/* The configuration of a guest that is made of another one. */
#ifndef GUEST_CLONE_CONFIG_H
#define GUEST_CLONE_CONFIG_H

#include "guest/guest.h"

/*
 * config under a new name: name, uuid, MACs (and no fixed interface names), and each writable disk at a new
 * place: an LV or file named as the guest. places gets "OLD\nNEW" a disk; *ret is the caller's. Writes
 * nothing. ERR_MACHINE: something is taken.
 */
int guest_clone_config(const struct guest_host *host, const json_t *config, const char *name, json_t **ret,
		       struct argv *places, struct err *err);
/* The name of a volume: "web1-disk2" of guest web1 becomes "web2-disk2" of web2; another name gets the new
 * guest's in front. free(3). */
char *guest_clone_volume(const char *old, const char *guest, const char *name);

#endif
