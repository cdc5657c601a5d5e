/* selinux: the mode of SELinux. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{ "--disabled", KS_FLAG, KS_OTHER, .rival = 1, .flags = KS_STAYS },
	{ "--enforcing", KS_FLAG, KS_OTHER, .rival = 1, .flags = KS_STAYS },
	{ "--permissive", KS_FLAG, KS_OTHER, .rival = 1, .flags = KS_STAYS },
	{ 0 },
};

const struct ks_cmd ks_cmd_selinux = {
	.name = "selinux",
	.versions = KS_SINCE(FC3, RHEL4),
	.opts = opts,
};
