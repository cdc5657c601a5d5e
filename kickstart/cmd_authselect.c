/* authselect: arguments for authselect(8), kept as they are. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{ "ARGUMENT", KS_LIST, KS_OTHER, .flags = KS_FORGETS },
	{ 0 },
};

const struct ks_cmd ks_cmd_authselect = {
	.name = "authselect",
	.versions = KS_SINCE(F28, RHEL8),
	.opts = opts,
	.raw = KS_ALWAYS,
};
