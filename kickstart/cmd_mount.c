/* mount: a device that exists is used as it is. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{ "--mkfsoptions", KS_STRING, KS_OTHER },          { "--mountoptions", KS_STRING, KS_OTHER },
	{ "--reformat", KS_STRING, .flags = KS_OPTIONAL }, { "DEVICE", KS_STRING, .required = KS_ALWAYS },
	{ "MNTPOINT", KS_STRING, .required = KS_ALWAYS },  { 0 },
};

static const char *const conflicts[] = { "autopart", "logvol", "part", "raid", "reqpart", "volgroup", NULL };

const struct ks_cmd ks_cmd_mount = {
	.name = "mount",
	.versions = KS_SINCE(F27, RHEL8),
	.opts = opts,
	.conflicts = conflicts,
	.repeats = true,
};
