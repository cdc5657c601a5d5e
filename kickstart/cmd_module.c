/* module: a module stream to enable. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{ "--disable", KS_FLAG, .versions = KS_BETWEEN(F31, F40, RHEL8, RHEL9) },
	{ "--name", KS_STRING, .versions = KS_BETWEEN(F29, F40, RHEL8, RHEL9), .required = KS_ALWAYS },
	{ "--stream", KS_STRING, .versions = KS_BETWEEN(F29, F40, RHEL8, RHEL9) },
	{ 0 },
};

const struct ks_cmd ks_cmd_module = {
	.name = "module",
	.instead = "name the packages in %packages",
	.versions = KS_BETWEEN(F29, F44, RHEL8, RHEL10),
	.deprecated = KS_BETWEEN(F41, F44, RHEL10, RHEL10),
	.removed = KS_V(F45) | KS_V(RHEL11),
	.opts = opts,
	.repeats = true,
};
