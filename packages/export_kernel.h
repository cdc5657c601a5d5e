/* Folders of an NFS export by the kernel's client: NFSv4.1 and later, which libnfs doesn't know. */
#ifndef PACKAGES_EXPORT_KERNEL_H
#define PACKAGES_EXPORT_KERNEL_H

#include "base/err.h"
#include "packages/export_url.h"

/*
 * Mount the folder of that host read-only, by that version ("4.1"). *fd is a descriptor of it: files are
 * opened below it, and the mount goes with the last of them, since it has no place among the machine's
 * mounts. -1 (and 0 is returned): this kernel has no such client, or this process may not mount.
 * ERR_SRC_UNREACHED, ERR_SRC_STATUS: the host, or the folder, isn't there.
 */
int export_kernel_open(const char *host, const char *path, const struct export_words *w, const char *version,
		       int *fd, struct err *err);

#endif
