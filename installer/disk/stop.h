/* What stop*.c share: the devices that stand on a disk. Private to this folder. */
#ifndef INSTALLER_DISK_STOP_H
#define INSTALLER_DISK_STOP_H

#include <sys/types.h>

#include "installer/disk/disk.h"

/* The numbers of all the devices of a stack. */
struct devs {
	dev_t *v;
	size_t n, cap;
};

void devs_clear(struct devs *d);
/* Take the numbers of all names that are still there. */
void devs_of(const struct argv *names, struct devs *devs);

/* Switch off swap partitions, and swap files on the file systems. */
int stop_swap(const struct devs *devs, struct log *log, struct err *err);
/* Unmount their file systems, and what else is mounted below those, from the end: children come later. */
int stop_mounts(const struct devs *devs, const struct disk_facts *disk, struct log *log, struct err *err);

#endif
