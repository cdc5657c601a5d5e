/* lilocheck: install only where LILO is. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{ 0 },
};

const struct ks_cmd ks_cmd_lilocheck = {
	.name = "lilocheck",
	.versions = KS_UNTIL(FC3, RHEL4),
	.opts = opts,
};
