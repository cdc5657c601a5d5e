/* unsupported_hardware: no warning about hardware. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{ 0 },
};

const struct ks_cmd ks_cmd_unsupported_hardware = {
	.name = "unsupported_hardware",
	.versions = KS_RANGE(RHEL6, RHEL7),
	.opts = opts,
};
