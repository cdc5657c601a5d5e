/* zipl: secure boot of z Systems. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{ "--force-secure-boot", KS_FLAG, KS_OTHER },
	{ "--no-secure-boot", KS_FLAG, KS_OTHER },
	{ "--secure-boot", KS_FLAG, KS_OTHER },
	{ 0 },
};

const struct ks_cmd ks_cmd_zipl = {
	.name = "zipl",
	.versions = KS_SINCE(F32, RHEL8),
	.opts = opts,
};
