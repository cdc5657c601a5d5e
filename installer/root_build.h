/* The package route into a folder, by the same code that fills a disk. */
#ifndef INSTALLER_ROOT_BUILD_H
#define INSTALLER_ROOT_BUILD_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * Read the kickstart file, resolve, fetch, unpack and configure into dir, which must be missing or empty
 * (ERR_INPUT). cache_dir may be NULL. The log goes to dir/var/log/xenith. summary gets what was done, for
 * people. for_image: add what some hosts need, for their disks and boot loaders.
 */
int root_build(const char *ks_url, const char *cache_dir, const char *dir, bool for_image,
	       struct buf *summary, struct err *err);

#endif
