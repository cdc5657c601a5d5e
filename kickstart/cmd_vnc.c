/* vnc: the installer shows itself over VNC. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{ "--connect", KS_STRING, .versions = KS_UNTIL(F8, RHEL5) },
	{ "--host", KS_STRING, .versions = KS_BETWEEN(FC6, F42, RHEL5, RHEL9) },
	{ "--password", KS_STRING, .versions = KS_UNTIL(F42, RHEL9), .flags = KS_SECRET },
	{ "--port", KS_STRING, .versions = KS_BETWEEN(FC6, F42, RHEL5, RHEL9) },
	{ 0 },
};

const struct ks_cmd ks_cmd_vnc = {
	.name = "vnc",
	.instead = "write rdp",
	.versions = KS_UNTIL(F44, RHEL10),
	.deprecated = KS_BETWEEN(F43, F44, RHEL10, RHEL10),
	.removed = KS_V(F45) | KS_V(RHEL11),
	.opts = opts,
};
