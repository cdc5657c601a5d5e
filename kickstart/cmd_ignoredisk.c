/* ignoredisk: the disks that may, or may not, be touched. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{ "--drives", KS_LIST, KS_OFF(ks_ignoredisk, drives), .required = KS_UNTIL(F7, RHEL3) },
	{ "--only-use", KS_LIST, KS_OFF(ks_ignoredisk, only_use), .versions = KS_SINCE(F8, RHEL4) },
	{ "--interactive", KS_FLAG, KS_OFF(ks_ignoredisk, interactive),
	  .versions = KS_BETWEEN(F14, F33, RHEL6, RHEL8), .deprecated = KS_BETWEEN(F29, F33, RHEL8, RHEL8) },
	{ 0 },
};

static void check(struct ks_line *line, void *data)
{
	const struct ks_ignoredisk *d = data;
	int n = (d->drives.n > 0) + (d->only_use.n > 0) +
		(d->interactive && !KS_HAS(KS_SINCE(F29, RHEL8), line->version));

	if (!n && KS_HAS(KS_SINCE(F8, RHEL4), line->version))
		ks_line_error(line, NULL, "--drives or --only-use is needed");
	else if (n > 1)
		ks_line_error(line, NULL, "--drives and --only-use contradict each other");
}

const struct ks_cmd ks_cmd_ignoredisk = {
	.name = "ignoredisk",
	.versions = KS_ALWAYS,
	.opts = opts,
	.check = check,
	KS_ONE(ignoredisk, ks_ignoredisk),
};
