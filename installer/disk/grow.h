/* --grow: how spare space is shared. */
#ifndef INSTALLER_DISK_GROW_H
#define INSTALLER_DISK_GROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* In any unit (MiB, extents), the same for all. */
struct grow {
	uint64_t size; /* at least 1 where grow is set */
	uint64_t max;  /* 0: no limit; never less than size */
	bool grow;
};

/*
 * Add spare to the sizes of those that grow, in proportion to their sizes and up to their limits; what one
 * may not take, the others share. Returns what nobody may take.
 */
uint64_t disk_grow(struct grow *v, size_t n, uint64_t spare);

#endif
