/* autostep: the dialogs are stepped through. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{ "--autoscreenshot", KS_FLAG, .versions = KS_UNTIL(F39, RHEL8) },
	{ 0 },
};

const struct ks_cmd ks_cmd_autostep = {
	.name = "autostep",
	.versions = KS_UNTIL(F39, RHEL9),
	.deprecated = KS_BETWEEN(F34, F39, RHEL9, RHEL9),
	.removed = KS_SINCE(F40, RHEL10),
	.opts = opts,
};
