/* monitor: the screen's ranges. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{ "--hsync", KS_STRING, .versions = KS_UNTIL(F17, RHEL5) },
	{ "--monitor", KS_STRING, .versions = KS_UNTIL(F17, RHEL5) },
	{ "--noprobe", KS_FLAG, .versions = KS_BETWEEN(FC6, F17, RHEL5, RHEL5) },
	{ "--vsync", KS_STRING, .versions = KS_UNTIL(F17, RHEL5) },
	{ 0 },
};

const struct ks_cmd ks_cmd_monitor = {
	.name = "monitor",
	.versions = KS_UNTIL(F17, RHEL6),
	.deprecated = KS_BETWEEN(F10, F17, RHEL6, RHEL6),
	.opts = opts,
};
