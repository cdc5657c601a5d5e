/* Making do with little memory. */
#ifndef INSTALLER_INIT_MEMORY_H
#define INSTALLER_INIT_MEMORY_H

#include <stdbool.h>

#include "base/err.h"
#include "base/log.h"

/* MiB that programs can still have; 0 if unknown. */
unsigned long memory_available_mib(void);

/* Whether this much, of MemTotal, is little: the installer fits, but not beside all that maintainer scripts
 * do. */
bool memory_is_small(unsigned long total_mib);

/*
 * On a machine with little memory: swap into compressed memory (zram), into which the files of the initramfs
 * go too; and programs that are started from here on give memory back early. Not to the disks that the host
 * is installed on: what is swapped holds passwords. *made: swap is there, from now or before.
 * ERR_TOOL or ERR_SYS if the kernel can't do it, which is no reason to stop.
 */
int memory_spare(struct log *log, bool *made, struct err *err);

#endif
