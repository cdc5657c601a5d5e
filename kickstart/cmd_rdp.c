/* rdp: the installer shows itself over RDP. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{ "--password", KS_STRING, .flags = KS_SECRET },
	{ "--username", KS_STRING, KS_OTHER },
	{ 0 },
};

const struct ks_cmd ks_cmd_rdp = {
	.name = "rdp",
	.versions = KS_SINCE(F43, RHEL10),
	.opts = opts,
};
