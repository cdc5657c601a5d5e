/* rhsm: the subscription. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{ "--activation-key", KS_LIST, .required = KS_ALWAYS,
	  .flags = KS_APPEND | KS_WHOLE | KS_NOT_EMPTY | KS_SECRET },
	{ "--connect-to-insights", KS_FLAG, KS_OTHER },
	{ "--flatpak-registry-url", KS_STRING, .versions = KS_SINCE_RHEL(RHEL10) },
	{ "--organization", KS_STRING, .required = KS_ALWAYS },
	{ "--proxy", KS_STRING, KS_OTHER, .flags = KS_SECRET_URL },
	{ "--rhsm-baseurl", KS_STRING, KS_OTHER },
	{ "--server-hostname", KS_STRING, KS_OTHER },
	{ 0 },
};

const struct ks_cmd ks_cmd_rhsm = {
	.name = "rhsm",
	.versions = KS_SINCE_RHEL(RHEL8),
	.opts = opts,
};
