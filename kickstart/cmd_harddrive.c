/* harddrive: the install source is a partition. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{ "--biospart", KS_STRING, KS_OFF(ks_harddrive, biospart), .versions = KS_UNTIL(F32, RHEL8) },
	{ "--dir", KS_STRING, KS_OFF(ks_harddrive, dir), .required = KS_ALWAYS },
	{ "--partition", KS_STRING, KS_OFF(ks_harddrive, partition), .required = KS_SINCE(F33, RHEL9) },
	{ 0 },
};

static void check(struct ks_line *line, void *data)
{
	const struct ks_harddrive *h = data;

	if (!h->partition == !h->biospart)
		ks_line_error(line, NULL, "one of --partition and --biospart is wanted");
}

const struct ks_cmd ks_cmd_harddrive = {
	.name = "harddrive",
	.versions = KS_ALWAYS,
	.opts = opts,
	.check = check,
	KS_ONE(harddrive, ks_harddrive),
};
