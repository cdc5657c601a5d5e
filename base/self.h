/* The programs that are installed together. */
#ifndef BASE_SELF_H
#define BASE_SELF_H

#include "base/err.h"

/* Where an installed host, and the installer's initramfs, have xenith-host. */
#define SELF_HOST_PATH "/usr/lib/xenith/xenith-host"

/*
 * The xenith-host program that belongs to the xenith program self ("/usr/sbin/xenith"; NULL: the one that
 * runs): beside it, or in ../lib/xenith. free(3). ERR_SYS names where it was looked for.
 */
int self_host_program(const char *self, char **ret, struct err *err);

#endif
