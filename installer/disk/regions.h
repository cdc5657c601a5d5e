/* Places of a disk where signatures may be. Private to this folder. */
#ifndef INSTALLER_DISK_REGIONS_H
#define INSTALLER_DISK_REGIONS_H

#include <blkid.h>

#include "installer/disk/disk.h"

struct region {
	uint64_t start, size; /* bytes */
};

struct regions {
	struct region *v;
	size_t n, cap;
};

void regions_clear(struct regions *r);

/*
 * The whole disk, its partitions as the kernel has them and as its tables name them, and those of the plan.
 * Of a disk that is cleared in part: the partitions that go, and the new ones.
 */
void regions_of(const struct disk_target *t, int fd, struct regions *r);

/* A probe of every kind of signature in a region; NULL: it is too small for any. blkid_free_probe(). */
blkid_probe region_probe(int fd, const struct region *g);

#endif
