/* zipl: secure boot of z Systems. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{ "--force-secure-boot", KS_FLAG, KS_OTHER, .rival = 1, .flags = KS_STAYS },
	{ "--no-secure-boot", KS_FLAG, KS_OTHER, .rival = 1, .flags = KS_STAYS },
	{ "--secure-boot", KS_FLAG, KS_OTHER, .rival = 1, .flags = KS_STAYS },
	{ 0 },
};

const struct ks_cmd ks_cmd_zipl = {
	.name = "zipl",
	.versions = KS_SINCE(F32, RHEL8),
	.opts = opts,
};
