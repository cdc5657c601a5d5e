/* deviceprobe: has no effect. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{ "ARGUMENT", KS_LIST, KS_OTHER },
	{ 0 },
};

const struct ks_cmd ks_cmd_deviceprobe = {
	.name = "deviceprobe",
	.instead = "drivers are loaded without it",
	.versions = KS_UNTIL(F33, RHEL8),
	.deprecated = KS_BETWEEN(F29, F33, RHEL8, RHEL8),
	.removed = KS_SINCE(F34, RHEL9),
	.opts = opts,
	.raw = KS_ALWAYS,
};
