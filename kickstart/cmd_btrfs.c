/* btrfs: a volume or subvolume. */
#include "base/util.h"
#include "kickstart/device.h"

static bool level(struct ks_line *line, const struct ks_opt *opt, const char **value)
{
	static const char *const levels[] = { "single", "raid0", "raid1", "raid10" };
	const char *s = strncasecmp(*value, "raid", 4) == 0 ? *value + 4 : *value;

	for (size_t i = 0; i < ARRAY_SIZE(levels); i++)
		if (strcasecmp(s, i ? levels[i] + 4 : levels[i]) == 0) {
			*value = levels[i];
			return true;
		}
	ks_line_error(line, opt->name, "\"%s\" is none of: single, raid0, raid1, raid10", *value);
	return false;
}

static const struct ks_opt opts[] = {
	{ "MOUNTPOINT", KS_STRING, .required = KS_ALWAYS, .convert = ks_convert_mount_point },
	{ "--data", KS_STRING, .convert = level },
	{ "--label", KS_STRING, KS_OTHER },
	{ "--metadata", KS_STRING, .convert = level },
	{ "--mkfsoptions", KS_STRING, .versions = KS_SINCE(F23, RHEL7) },
	{ "--name", KS_STRING, KS_OTHER },
	{ "--noformat", KS_FLAG, KS_OTHER },
	{ "--parent", KS_STRING, KS_OTHER },
	{ "--subvol", KS_FLAG, KS_OTHER },
	{ "--useexisting", KS_FLAG, KS_OTHER },
	{ "MEMBER", KS_LIST, KS_OTHER },
	{ 0 },
};

static void check(struct ks_line *line, void *data)
{
	struct ks_list members = ks_other_list(data, "MEMBER");
	const char *mkfs = ks_other_word(data, "--mkfsoptions");

	if (ks_line_gave(line, "--subvol") && !members.n)
		ks_line_error(line, "--subvol", "needs its volume: LABEL=... or a device");
	else if (ks_line_gave(line, "--subvol") && !ks_line_gave(line, "--name"))
		ks_line_error(line, "--subvol", "needs --name");
	else if (!members.n)
		ks_line_error(line, NULL, "members are missing: partitions named btrfs.1, btrfs.2, ...");
	if (mkfs && *mkfs && (ks_line_gave(line, "--noformat") || ks_line_gave(line, "--useexisting")))
		ks_line_error(line, "--mkfsoptions", "has no effect with --noformat or --useexisting");
}

const struct ks_cmd ks_cmd_btrfs = {
	.name = "btrfs",
	.instead = "write part or logvol, with --fstype=xfs",
	.versions = KS_BETWEEN(F17, F45, RHEL7, RHEL9),
	.deprecated = KS_RANGE(RHEL8, RHEL9),
	.removed = KS_SINCE_RHEL(RHEL10),
	.opts = opts,
	.check = check,
	.repeats = true,
};
