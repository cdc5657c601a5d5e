/* dmraid: a name for a firmware RAID set. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{ "--dev", KS_LIST, .versions = KS_BETWEEN(FC6, F33, RHEL5, RHEL7), .required = KS_ALWAYS,
	  .flags = KS_APPEND | KS_WHOLE },
	{ "--name", KS_STRING, .versions = KS_BETWEEN(FC6, F33, RHEL5, RHEL7), .required = KS_ALWAYS },
	{ 0 },
};

const struct ks_cmd ks_cmd_dmraid = {
	.name = "dmraid",
	.instead = "the arrays are found without it",
	.versions = KS_BETWEEN(FC6, F33, RHEL5, RHEL8),
	.deprecated = KS_BETWEEN(F24, F33, RHEL8, RHEL8),
	.removed = KS_SINCE(F34, RHEL9),
	.opts = opts,
	.repeats = true,
};
