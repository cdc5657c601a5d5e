/* hmc: the install source is a z Systems console. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{ 0 },
};

const struct ks_cmd ks_cmd_hmc = {
	.name = "hmc",
	.versions = KS_SINCE(F28, RHEL7),
	.opts = opts,
};
