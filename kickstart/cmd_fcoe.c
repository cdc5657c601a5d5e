/* fcoe: a NIC with Fibre Channel over Ethernet. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{ "--autovlan", KS_FLAG, .versions = KS_SINCE(F28, RHEL7) },
	{ "--dcb", KS_FLAG, .versions = KS_SINCE(F13, RHEL6) },
	{ "--nic", KS_STRING, .required = KS_ALWAYS },
	{ 0 },
};

const struct ks_cmd ks_cmd_fcoe = {
	.name = "fcoe",
	.versions = KS_SINCE(F12, RHEL6),
	.opts = opts,
	.repeats = true,
};
