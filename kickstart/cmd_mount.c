/* mount: a device that exists is used as it is. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{ "--mkfsoptions", KS_STRING, KS_OTHER },          { "--mountoptions", KS_STRING, KS_OTHER },
	{ "--reformat", KS_STRING, .flags = KS_OPTIONAL }, { "DEVICE", KS_STRING, .required = KS_ALWAYS },
	{ "MNTPOINT", KS_STRING, .required = KS_ALWAYS },  { 0 },
};

static void check(struct ks_line *line, void *data)
{
	const char *where = ks_other_word(data, "MNTPOINT"), *mkfs = ks_other_word(data, "--mkfsoptions");

	if (where && where[0] != '/' && strcasecmp(where, "none") != 0)
		ks_line_error(line, where, "is no mount point: a path from / on or \"none\" is wanted");
	if (mkfs && *mkfs && !ks_line_gave(line, "--reformat"))
		ks_line_error(line, "--mkfsoptions", "needs --reformat");
}

static const char *const conflicts[] = { "autopart", "logvol", "part", "raid", "reqpart", "volgroup", NULL };

const struct ks_cmd ks_cmd_mount = {
	.name = "mount",
	.versions = KS_SINCE(F27, RHEL8),
	.opts = opts,
	.check = check,
	.conflicts = conflicts,
	.repeats = true,
};
