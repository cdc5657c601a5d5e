/* logvol: a logical volume. */
#include "base/util.h"
#include "kickstart/device.h"

static const struct ks_opt opts[] = {
	{ "MOUNTPOINT", KS_STRING, KS_OFF(ks_logvol, mntpoint), .required = KS_ALWAYS,
	  .convert = ks_convert_mount_point },
	{ "--vgname", KS_STRING, KS_OFF(ks_logvol, vgname), .required = KS_ALWAYS },
	{ "--name", KS_STRING, KS_OFF(ks_logvol, name), .required = KS_ALWAYS },
	{ "--size", KS_INT, KS_OFF(ks_logvol, size_mib), .none = -1, .flags = KS_SIZE },
	{ "--maxsize", KS_INT, KS_OFF(ks_logvol, maxsize_mib), .none = -1, .flags = KS_SIZE },
	{ "--percent", KS_INT, KS_OFF(ks_logvol, percent), .none = -1, .flags = KS_SIZE },
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
	  .none = -1, .flags = KS_SIZE },
	{ "--metadatasize", KS_INT, KS_OFF(ks_logvol, metadatasize_mib), .versions = KS_SINCE(F20, RHEL6),
	  .none = -1, .flags = KS_SIZE },
	{ "--profile", KS_STRING, KS_OFF(ks_logvol, profile), .versions = KS_SINCE(F21, RHEL6) },
	{ "--cachesize", KS_INT, KS_OFF(ks_logvol, cachesize_mib), .versions = KS_SINCE(F23, RHEL8),
	  .none = -1, .flags = KS_SIZE },
	{ "--cachemode", KS_STRING, KS_OFF(ks_logvol, cachemode), .versions = KS_SINCE(F23, RHEL8) },
	{ "--cachepvs", KS_LIST, KS_OFF(ks_logvol, cachepvs), .versions = KS_SINCE(F23, RHEL8) },
	{ "--encrypted", KS_FLAG, KS_OFF(ks_logvol, encrypted), .versions = KS_SINCE(F9, RHEL5) },
	{ "--passphrase", KS_STRING, KS_OFF(ks_logvol, passphrase), .versions = KS_SINCE(F9, RHEL5),
	  .flags = KS_SECRET },
	KS_LUKS_ROWS(ks_logvol),
	{ "--bytes-per-inode", KS_STRING, KS_OFF(ks_logvol, bytes_per_inode),
	  .convert = ks_convert_inode_ratio, .versions = KS_BETWEEN(FC4, F13, RHEL5, RHEL6),
	  .deprecated = KS_BETWEEN(F9, F13, RHEL6, RHEL6) },
	{ 0 },
};

static void check_cache(struct ks_line *line, const struct ks_logvol *v)
{
	bool has_size = ks_device_has(line, "--cachesize", v->cachesize_mib);
	bool cache = has_size || (v->cachemode && *v->cachemode) || v->cachepvs.n;

	if (!cache)
		return;
	if (v->thin)
		ks_line_error(line, "--thin", "thin volumes can't have a cache");
	else if (v->noformat || v->useexisting)
		ks_line_error(line, NULL, "a volume that is kept as it is can't get a cache");
	else if (!v->cachepvs.n)
		ks_line_error(line, NULL, "a cache needs --cachepvs: the fast members that it lies on");
	else if (!has_size)
		ks_line_error(line, NULL, "a cache needs --cachesize");
	if (v->cachemode && *v->cachemode && strcmp(v->cachemode, "writeback") != 0 &&
	    strcmp(v->cachemode, "writethrough") != 0)
		ks_line_error(line, "--cachemode", "\"%s\" is none of: writeback, writethrough",
			      v->cachemode);
}

static void check_size(struct ks_line *line, const struct ks_logvol *v)
{
	bool pools = KS_HAS(KS_SINCE(F20, RHEL7), line->version);
	bool keeps = v->noformat || v->useexisting;
	bool has_size = ks_device_has(line, "--size", v->size_mib);
	bool sized = has_size || ks_device_has(line, "--percent", v->percent);

	if (ks_line_gave(line, "--percent") && pools && (v->percent < 0 || v->percent > 100))
		ks_line_error(line, "--percent", "%lld is out of range: from 0 to 100 are allowed",
			      (long long)v->percent);
	if (has_size && ks_device_has(line, "--percent", v->percent))
		(KS_HAS(KS_SINCE(F21, RHEL7), line->version) ? ks_line_error : ks_line_fault)(
			line, "--percent", "contradicts --size");
	if (pools && !sized && !keeps && !v->hibernation && !v->recommended)
		ks_line_error(line, NULL,
			      "a size is missing: --size, --percent, --useexisting or --noformat");
	if (v->resize && !v->useexisting)
		ks_line_error(line, "--resize", "needs --useexisting");
	if (v->resize && !has_size)
		ks_line_error(line, "--resize", "needs --size");
}

static void check(struct ks_line *line, void *data)
{
	const struct ks_logvol *v = data;
	struct ks_device d = { v->fstype, v->mkfsoptions, v->fsprofile, v->noformat, v->encrypted, &v->luks };
	bool chunk = ks_device_has(line, "--chunksize", v->chunksize_kib);

	ks_device_check(line, &d);
	check_size(line, v);
	check_cache(line, v);
	if (v->thin && v->thinpool)
		ks_line_error(line, "--thin", "contradicts --thinpool");
	if (v->thin && !v->poolname)
		ks_line_error(line, "--thin", "needs --poolname");
	if (!v->thin && v->poolname)
		ks_line_fault(line, "--poolname", "has no effect without --thin: a plain volume is made");
	if ((chunk || ks_device_has(line, "--metadatasize", v->metadatasize_mib)) && !v->thinpool)
		ks_line_error(line, chunk ? "--chunksize" : "--metadatasize", "needs --thinpool");
}

static const char *const conflicts[] = { "autopart", "mount", NULL };

const struct ks_cmd ks_cmd_logvol = {
	.name = "logvol",
	.versions = KS_ALWAYS,
	.opts = opts,
	.check = check,
	.conflicts = conflicts,
	KS_MANY(logvols, ks_logvol),
};
