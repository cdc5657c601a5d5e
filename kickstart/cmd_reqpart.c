/* reqpart: the partitions that the firmware needs, and /boot. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{ "--add-boot", KS_FLAG, KS_OFF(ks_reqpart, add_boot) },
	{ 0 },
};

static const char *const conflicts[] = { "autopart", "mount", NULL };

const struct ks_cmd ks_cmd_reqpart = {
	.name = "reqpart",
	.versions = KS_SINCE(F23, RHEL7),
	.opts = opts,
	.conflicts = conflicts,
	KS_ONE(reqpart, ks_reqpart),
};
