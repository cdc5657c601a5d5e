/* syspurpose: what the system is for. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{ "--addon", KS_LIST, .flags = KS_APPEND | KS_WHOLE },
	{ "--role", KS_STRING, KS_OTHER },
	{ "--sla", KS_STRING, KS_OTHER },
	{ "--usage", KS_STRING, KS_OTHER },
	{ 0 },
};

const struct ks_cmd ks_cmd_syspurpose = {
	.name = "syspurpose",
	.versions = KS_SINCE_RHEL(RHEL8),
	.opts = opts,
};
