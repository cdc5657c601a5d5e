/* What part, raid, logvol and autopart share: the rules for options that make a device. */
#include "base/util.h"
#include "kickstart/device.h"
#include "kickstart/value.h"

void ks_device_check(struct ks_line *line, const struct ks_device *d)
{
	const struct ks_luks *luks = d->luks;

	if (d->mkfsoptions && d->fsprofile)
		ks_line_error(line, "--mkfsoptions", "contradicts --fsprofile");
	if (d->mkfsoptions && d->noformat)
		ks_line_error(line, "--mkfsoptions", "has no effect with --noformat");
	if (luks->pbkdf_time_ms > 0 && luks->pbkdf_iterations > 0)
		ks_line_error(line, "--pbkdf-time", "contradicts --pbkdf-iterations");
	if (luks->hw_passphrase && !(luks->luks_version && str_starts(luks->luks_version, "luks2-hw-opal")))
		ks_line_error(line, "--hw-passphrase", "needs --luks-version=luks2-hw-opal");
	if (str_eq(d->fstype, "btrfs") && KS_HAS(KS_RANGE(RHEL8, RHEL10), line->version))
		ks_line_error(line, "--fstype", "%s has no btrfs", ks_version_name(line->version));
}

bool ks_convert_mount_point(struct ks_line *line, const struct ks_opt *opt, const char **value)
{
	size_t len = strlen(*value);

	(void)opt;
	while (len > 1 && (*value)[len - 1] == '/')
		len--;
	*value = arena_strndup(&line->ks->arena, *value, len);
	return true;
}

bool ks_convert_inode_ratio(struct ks_line *line, const struct ks_opt *opt, const char **value)
{
	int64_t n;

	if (KS_HAS(opt->deprecated, line->version) || ks_value_int(*value, &n))
		return true;
	ks_line_error(line, opt->name, "\"%s\" is not a whole number", *value);
	return false;
}
