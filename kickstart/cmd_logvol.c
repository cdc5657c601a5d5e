/* logvol: a logical volume. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{ "MOUNTPOINT", KS_STRING, KS_OFF(ks_logvol, mntpoint), .required = KS_ALWAYS,
	  .convert = ks_convert_mount_point },
	{ "--vgname", KS_STRING, KS_OFF(ks_logvol, vgname), .required = KS_ALWAYS },
	{ "--name", KS_STRING, KS_OFF(ks_logvol, name), .required = KS_ALWAYS },
	{ "--size", KS_INT, KS_OFF(ks_logvol, size_mib), .none = -1 },
	{ "--maxsize", KS_INT, KS_OFF(ks_logvol, maxsize_mib), .none = -1 },
	{ "--percent", KS_INT, KS_OFF(ks_logvol, percent), .none = -1 },
	{ "--grow", KS_FLAG, KS_OFF(ks_logvol, grow) },
	{ "--fstype", KS_STRING, KS_OFF(ks_logvol, fstype) },
	{ "--fsoptions", KS_STRING, KS_OFF(ks_logvol, fsoptions), .versions = KS_SINCE(FC4, RHEL5) },
	{ "--mkfsoptions", KS_STRING, KS_OFF(ks_logvol, mkfsoptions), .versions = KS_SINCE(F23, RHEL7) },
	{ "--fsprofile", KS_STRING, KS_OFF(ks_logvol, fsprofile), .versions = KS_SINCE(F9, RHEL6) },
	{ "--label", KS_STRING, KS_OFF(ks_logvol, label), .versions = KS_SINCE(F15, RHEL7) },
	{ "--noformat", KS_FLAG, KS_OFF(ks_logvol, noformat) },
	{ "--useexisting", KS_FLAG, KS_OFF(ks_logvol, useexisting) },
	{ "--recommended", KS_FLAG, KS_OFF(ks_logvol, recommended) },
	{ "--hibernation", KS_FLAG, KS_OFF(ks_logvol, hibernation), .versions = KS_SINCE(F18, RHEL6) },
	{ "--resize", KS_FLAG, KS_OFF(ks_logvol, resize), .versions = KS_SINCE(F17, RHEL7) },
	{ "--thinpool", KS_FLAG, KS_OFF(ks_logvol, thinpool), .versions = KS_SINCE(F20, RHEL6) },
	{ "--thin", KS_FLAG, KS_OFF(ks_logvol, thin), .versions = KS_SINCE(F20, RHEL6) },
	{ "--poolname", KS_STRING, KS_OFF(ks_logvol, poolname), .versions = KS_SINCE(F20, RHEL6) },
	{ "--chunksize", KS_INT, KS_OFF(ks_logvol, chunksize_kib), .versions = KS_SINCE(F20, RHEL6),
	  .none = -1 },
	{ "--metadatasize", KS_INT, KS_OFF(ks_logvol, metadatasize_mib), .versions = KS_SINCE(F20, RHEL6),
	  .none = -1 },
	{ "--profile", KS_STRING, KS_OFF(ks_logvol, profile), .versions = KS_SINCE(F21, RHEL6) },
	{ "--cachesize", KS_INT, KS_OFF(ks_logvol, cachesize_mib), .versions = KS_SINCE(F23, RHEL8),
	  .none = -1 },
	{ "--cachemode", KS_STRING, KS_OFF(ks_logvol, cachemode), .versions = KS_SINCE(F23, RHEL8) },
	{ "--cachepvs", KS_LIST, KS_OFF(ks_logvol, cachepvs), .versions = KS_SINCE(F23, RHEL8) },
	{ "--encrypted", KS_FLAG, KS_OFF(ks_logvol, encrypted), .versions = KS_SINCE(F9, RHEL5) },
	{ "--passphrase", KS_STRING, KS_OFF(ks_logvol, passphrase), .versions = KS_SINCE(F9, RHEL5),
	  .flags = KS_SECRET },
	KS_LUKS_ROWS(ks_logvol),
	{ "--bytes-per-inode", KS_STRING, KS_OFF(ks_logvol, bytes_per_inode),
	  .versions = KS_BETWEEN(FC4, F13, RHEL5, RHEL6), .deprecated = KS_BETWEEN(F9, F13, RHEL6, RHEL6) },
	{ 0 },
};

static const char *const conflicts[] = { "autopart", "mount", NULL };

const struct ks_cmd ks_cmd_logvol = {
	.name = "logvol",
	.versions = KS_ALWAYS,
	.opts = opts,
	.conflicts = conflicts,
	KS_MANY(logvols, ks_logvol),
};
