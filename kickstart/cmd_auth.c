/* auth, authconfig: arguments for authconfig(8), kept as they are. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{ "ARGUMENT", KS_LIST, KS_OTHER, .flags = KS_FORGETS },
	{ 0 },
};

const struct ks_cmd ks_cmd_auth = {
	.name = "auth",
	.instead = "write authselect",
	.versions = KS_UNTIL(F34, RHEL9),
	.removed = KS_SINCE(F40, RHEL10),
	.opts = opts,
	.raw = KS_ALWAYS,
};

const struct ks_cmd ks_cmd_authconfig = {
	.name = "authconfig",
	.instead = "write authselect",
	.versions = KS_UNTIL(F34, RHEL9),
	.removed = KS_SINCE(F40, RHEL10),
	.opts = opts,
	.raw = KS_ALWAYS,
	.same_as = &ks_cmd_auth,
};
