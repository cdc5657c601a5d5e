/* selinux: the mode of SELinux. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{ "--disabled", KS_FLAG, KS_OTHER },
	{ "--enforcing", KS_FLAG, KS_OTHER },
	{ "--permissive", KS_FLAG, KS_OTHER },
	{ 0 },
};

const struct ks_cmd ks_cmd_selinux = {
	.name = "selinux",
	.versions = KS_SINCE(FC3, RHEL4),
	.opts = opts,
};
