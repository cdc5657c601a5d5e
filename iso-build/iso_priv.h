/* An image that is being built: shared by iso.c and stage_fill.c. */
#ifndef ISO_BUILD_ISO_PRIV_H
#define ISO_BUILD_ISO_PRIV_H

#include <time.h>

#include "iso-build/from_ks.h"
#include "iso-build/iso.h"
#include "iso-build/modules.h"

#define ISO_SELF_PATH "/usr/sbin/xenith"
#define ISO_MANIFEST  "/manifest"

struct build {
	const struct iso_opts *opts;
	struct door *door;
	char *work, *kernel, *stage, *extra, *tree; /* folders */
	struct ks_source from_ks;
	struct buf versions; /* of the packages that were fetched */
	time_t mtime;
};

/* The folder of the unpacked parts. */
static inline const char *iso_parts_dir(const struct build *b)
{
	return b->opts->kernel_dir ? b->opts->kernel_dir : b->kernel;
}

/* Put the packages into b->tree. */
int iso_add_packages(struct build *b, struct err *err);

/* Fill b->stage: the root of the initramfs with its manifest. */
int iso_fill_stage(struct build *b, const struct kernel *kernel, struct err *err);

#endif
