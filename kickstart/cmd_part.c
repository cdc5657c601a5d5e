/* part, partition: a partition: a file system, swap, or a member of a volume group or RAID. */
#include "base/util.h"
#include "kickstart/device.h"

static const struct ks_opt opts[] = {
	{ "MOUNTPOINT", KS_STRING, KS_OFF(ks_part, mntpoint), .required = KS_ALWAYS,
	  .convert = ks_convert_mount_point },
	{ "--size", KS_INT, KS_OFF(ks_part, size_mib), .none = -1, .flags = KS_SIZE },
	{ "--maxsize", KS_INT, KS_OFF(ks_part, maxsize_mib), .none = -1, .flags = KS_SIZE },
	{ "--grow", KS_FLAG, KS_OFF(ks_part, grow) },
	{ "--fstype", KS_STRING, KS_OFF(ks_part, fstype), .alias = "--type" },
	{ "--fsoptions", KS_STRING, KS_OFF(ks_part, fsoptions), .versions = KS_SINCE(FC4, RHEL5) },
	{ "--mkfsoptions", KS_STRING, KS_OFF(ks_part, mkfsoptions), .versions = KS_SINCE(F23, RHEL7) },
	{ "--fsprofile", KS_STRING, KS_OFF(ks_part, fsprofile), .versions = KS_SINCE(F9, RHEL6) },
	{ "--label", KS_STRING, KS_OFF(ks_part, label), .versions = KS_SINCE(FC4, RHEL5) },
	{ "--ondisk", KS_STRING, KS_OFF(ks_part, ondisk), .alias = "--ondrive" },
	{ "--onpart", KS_STRING, KS_OFF(ks_part, onpart), .alias = "--usepart" },
	{ "--onbiosdisk", KS_STRING, KS_OFF(ks_part, onbiosdisk) },
	{ "--asprimary", KS_FLAG, KS_OFF(ks_part, asprimary) },
	{ "--noformat", KS_FLAG, KS_OFF(ks_part, noformat) },
	{ "--recommended", KS_FLAG, KS_OFF(ks_part, recommended) },
	{ "--hibernation", KS_FLAG, KS_OFF(ks_part, hibernation), .versions = KS_SINCE(F18, RHEL6) },
	{ "--resize", KS_FLAG, KS_OFF(ks_part, resize), .versions = KS_SINCE(F17, RHEL7) },
	{ "--encrypted", KS_FLAG, KS_OFF(ks_part, encrypted), .versions = KS_SINCE(F9, RHEL5) },
	{ "--passphrase", KS_STRING, KS_OFF(ks_part, passphrase), .versions = KS_SINCE(F9, RHEL5),
	  .flags = KS_SECRET },
	{ "--hw-passphrase", KS_STRING, KS_OFF(ks_part, luks.hw_passphrase),
	  .versions = KS_SINCE(F41, RHEL11), .flags = KS_SECRET },
	KS_LUKS_ROWS(ks_part),
	{ "--active", KS_FLAG, KS_OFF(ks_part, active), .versions = KS_UNTIL(F33, RHEL8),
	  .deprecated = KS_BETWEEN(F29, F33, RHEL8, RHEL8) },
	{ "--bytes-per-inode", KS_STRING, KS_OFF(ks_part, bytes_per_inode), .convert = ks_convert_inode_ratio,
	  .versions = KS_BETWEEN(FC4, F13, RHEL5, RHEL6), .deprecated = KS_BETWEEN(F9, F13, RHEL6, RHEL6) },
	{ "--start", KS_INT, KS_OFF(ks_part, start), .none = -1, .versions = KS_UNTIL(F13, RHEL6),
	  .deprecated = KS_BETWEEN(F11, F13, RHEL6, RHEL6) },
	{ "--end", KS_INT, KS_OFF(ks_part, end), .none = -1, .versions = KS_UNTIL(F13, RHEL6),
	  .deprecated = KS_BETWEEN(F11, F13, RHEL6, RHEL6) },
	{ 0 },
};

static void check(struct ks_line *line, void *data)
{
	const struct ks_part *p = data;
	struct ks_device d = { p->fstype, p->mkfsoptions, p->fsprofile, p->noformat, p->encrypted, &p->luks };

	ks_device_check(line, &d);
	if (str_starts(p->mntpoint, "btrfs.") && KS_HAS(KS_SINCE_RHEL(RHEL8), line->version))
		ks_line_error(line, p->mntpoint, "%s has no btrfs", ks_version_name(line->version));
	if (p->resize && !ks_device_has(line, "--size", p->size_mib))
		ks_line_error(line, "--resize", "needs --size");
	if (p->resize && !p->onpart)
		ks_line_error(line, "--resize", "needs --onpart");
	if (str_eq(p->fstype, "tmpfs") && KS_HAS(KS_SINCE(F20, RHEL7), line->version) &&
	    (p->grow || p->maxsize_mib != -1))
		ks_line_error(line, "--fstype", "tmpfs can't be used with --grow or --maxsize");
}

static const char *const conflicts[] = { "autopart", "mount", NULL };

const struct ks_cmd ks_cmd_part = {
	.name = "part",
	.versions = KS_ALWAYS,
	.opts = opts,
	.check = check,
	.conflicts = conflicts,
	KS_MANY(parts, ks_part),
};
const struct ks_cmd ks_cmd_partition = {
	.name = "partition",
	.versions = KS_ALWAYS,
	.opts = opts,
	.check = check,
	.conflicts = conflicts,
	.same_as = &ks_cmd_part,
	KS_MANY(parts, ks_part),
};
