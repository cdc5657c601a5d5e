/* cdrom: the install source is the medium. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{ 0 },
};

const struct ks_cmd ks_cmd_cdrom = {
	.name = "cdrom",
	.versions = KS_ALWAYS,
	.opts = opts,
	KS_ONE(cdrom, ks_cdrom),
};
