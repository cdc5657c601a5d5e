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
	if (luks->hw_passphrase && *luks->hw_passphrase &&
	    !(d->encrypted && luks->luks_version && str_starts(luks->luks_version, "luks2-")))
		ks_line_error(line, "--hw-passphrase", "needs --encrypted --luks-version=luks2-hw-opal");
	if (str_eq(d->fstype, "btrfs") && KS_HAS(KS_SINCE_RHEL(RHEL8), line->version)) {
		/* The reference forgot it for raid from RHEL 10 on. */
		bool allowed = line->version >= KS_RHEL10 && str_eq(line->cmd->name, "raid");

		(allowed ? ks_line_fault : ks_line_error)(line, "--fstype", "%s has no btrfs",
							  ks_version_name(line->version));
	}
}

bool ks_device_has(const struct ks_line *line, const char *name, int64_t value)
{
	return ks_line_gave(line, name) && value != 0;
}

/* As os.path.normpath: no ".", "..", "//" or slash at the end; two slashes in front stay two. */
bool ks_convert_mount_point(struct ks_line *line, const struct ks_opt *opt, const char **value)
{
	const char *s = *value;
	size_t root = s[0] == '/' ? 1 + (s[1] == '/' && s[2] != '/') : 0;
	auto_buf b = { 0 };

	(void)opt;
	if (!root)
		return true;
	buf_add(&b, s, root);
	while (*(s += strspn(s, "/"))) {
		size_t len = strcspn(s, "/");

		if (len == 2 && s[0] == '.' && s[1] == '.') {
			while (b.len > root && b.data[b.len - 1] != '/')
				b.len--;
			b.len -= b.len > root;
		} else if (len != 1 || s[0] != '.') {
			if (b.len > root)
				buf_addc(&b, '/');
			buf_add(&b, s, len);
		}
		s += len;
	}
	*value = arena_strndup(&line->ks->arena, buf_str(&b), b.len);
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
