/* updates: an image with fixes of the installer. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{ "UPDATES", KS_STRING, .versions = KS_BETWEEN(F7, F33, RHEL6, RHEL8), .flags = KS_FORGETS },
	{ "URL", KS_STRING, .versions = KS_SINCE(F34, RHEL9), .required = KS_ALWAYS },
	{ 0 },
};

const struct ks_cmd ks_cmd_updates = {
	.name = "updates",
	.versions = KS_SINCE(F7, RHEL6),
	.opts = opts,
};
