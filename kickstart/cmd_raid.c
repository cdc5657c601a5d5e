/* raid: a software RAID of partitions raid.N. */
#include "base/util.h"
#include "kickstart/device.h"

static bool level(struct ks_line *line, const struct ks_opt *opt, const char **value)
{
	const char *s = strncasecmp(*value, "raid", 4) == 0 ? *value + 4 : *value;
	static const struct {
		const char *word;
		ks_versions versions;
	} levels[] = {
		{ "0", KS_ALWAYS },
		{ "1", KS_ALWAYS },
		{ "5", KS_ALWAYS },
		{ "6", KS_ALWAYS },
		{ "10", KS_SINCE(F7, RHEL5) },
		{ "4", KS_SINCE(F13, RHEL6) },
		{ "linear", KS_SINCE(F25, RHEL8) },
	};

	for (size_t i = 0; i < ARRAY_SIZE(levels); i++)
		if (strcmp(levels[i].word, s) == 0 && KS_HAS(levels[i].versions, line->version)) {
			*value = arena_printf(&line->ks->arena, s[0] == 'l' ? "%s" : "RAID%s", s);
			return true;
		}
	ks_line_error(line, opt->name, "\"%s\" is no RAID level of %s", *value,
		      ks_version_name(line->version));
	return false;
}

/*
 * "mdN" or N; since Fedora 19 any name. N alone is another name than mdN since Fedora 43 and RHEL 10. The
 * last value of a line counts.
 */
static void check_device(struct ks_line *line, struct ks_raid *r)
{
	const char *digits = r->device + (str_starts(r->device, "md") ? 2 : 0);
	bool any = KS_HAS(KS_SINCE(F19, RHEL7), line->version);

	if (*digits && !digits[strspn(digits, "0123456789")]) {
		if (!KS_HAS(KS_SINCE(F43, RHEL10), line->version))
			r->device = arena_printf(&line->ks->arena, "md%s", digits);
	} else if (!any) {
		ks_line_error(line, "--device", "\"%s\" is no md device of %s: md0, md1, ... are", r->device,
			      ks_version_name(line->version));
	} else if (!*r->device && (r->noformat || r->useexisting)) {
		ks_line_error(line, "--device", "the value is empty");
	} else if (!*r->device) {
		ks_line_fault(line, "--device", "the value is empty");
	}
}

static const struct ks_opt opts[] = {
	{ "MOUNTPOINT", KS_STRING, KS_OFF(ks_raid, mntpoint), .required = KS_ALWAYS,
	  .convert = ks_convert_mount_point },
	{ "--device", KS_STRING, KS_OFF(ks_raid, device), .required = KS_ALWAYS },
	{ "--level", KS_STRING, KS_OFF(ks_raid, level), .convert = level },
	{ "--spares", KS_INT, KS_OFF(ks_raid, spares), .none = -1 },
	{ "--chunksize", KS_INT, KS_OFF(ks_raid, chunksize), .versions = KS_SINCE(F25, RHEL7), .none = -1,
	  .flags = KS_SIZE },
	{ "--fstype", KS_STRING, KS_OFF(ks_raid, fstype) },
	{ "--fsoptions", KS_STRING, KS_OFF(ks_raid, fsoptions), .versions = KS_SINCE(FC4, RHEL5) },
	{ "--mkfsoptions", KS_STRING, KS_OFF(ks_raid, mkfsoptions), .versions = KS_SINCE(F23, RHEL7) },
	{ "--fsprofile", KS_STRING, KS_OFF(ks_raid, fsprofile), .versions = KS_SINCE(F9, RHEL6) },
	{ "--label", KS_STRING, KS_OFF(ks_raid, label), .versions = KS_SINCE(F15, RHEL7) },
	{ "--noformat", KS_FLAG, KS_OFF(ks_raid, noformat) },
	{ "--useexisting", KS_FLAG, KS_OFF(ks_raid, useexisting) },
	{ "--encrypted", KS_FLAG, KS_OFF(ks_raid, encrypted), .versions = KS_SINCE(F9, RHEL5) },
	{ "--passphrase", KS_STRING, KS_OFF(ks_raid, passphrase), .versions = KS_SINCE(F9, RHEL5),
	  .flags = KS_SECRET },
	KS_LUKS_ROWS(ks_raid),
	{ "--bytes-per-inode", KS_STRING, KS_OFF(ks_raid, bytes_per_inode), .convert = ks_convert_inode_ratio,
	  .versions = KS_BETWEEN(FC5, F13, RHEL5, RHEL6), .deprecated = KS_BETWEEN(F9, F13, RHEL6, RHEL6) },
	{ "MEMBER", KS_LIST, KS_OFF(ks_raid, members) },
	{ 0 },
};

static void check(struct ks_line *line, void *data)
{
	struct ks_raid *r = data;
	bool keeps = r->noformat || r->useexisting;
	struct ks_device d = { r->fstype, r->mkfsoptions, r->fsprofile, r->noformat, r->encrypted, &r->luks };

	ks_device_check(line, &d);
	check_device(line, r);
	if (!keeps && !r->members.n)
		ks_line_error(line, NULL, "members are missing: partitions named raid.1, raid.2, ...");
	else if (keeps && r->members.n)
		ks_line_error(line, r->members.v[0], "an array that is kept as it is takes no members");
	else if (!keeps && !r->level)
		ks_line_error(line, NULL, "--level is missing");
}

static const char *const conflicts[] = { "autopart", "mount", NULL };

const struct ks_cmd ks_cmd_raid = {
	.name = "raid",
	.versions = KS_ALWAYS,
	.opts = opts,
	.check = check,
	.conflicts = conflicts,
	KS_MANY(raids, ks_raid),
};
