/* firstboot: whether an assistant runs at the first boot. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{
		"--disable",
		KS_FLAG,
		KS_OFF(ks_firstboot, disable),
		.alias = "--disabled",
		.rival = 1,
	},
	{
		"--enable",
		KS_FLAG,
		KS_OFF(ks_firstboot, enable),
		.alias = "--enabled",
		.rival = 1,
	},
	{ "--reconfig", KS_FLAG, KS_OFF(ks_firstboot, reconfig), .rival = 1 },
	{ 0 },
};

const struct ks_cmd ks_cmd_firstboot = {
	.name = "firstboot",
	.versions = KS_ALWAYS,
	.opts = opts,
	KS_ONE(firstboot, ks_firstboot),
};
