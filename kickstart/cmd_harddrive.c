/* harddrive: the install source is a partition. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{ "--biospart", KS_STRING, .versions = KS_UNTIL(F32, RHEL8) },
	{ "--dir", KS_STRING, .required = KS_ALWAYS },
	{ "--partition", KS_STRING, .required = KS_SINCE(F33, RHEL9) },
	{ 0 },
};

static void check(struct ks_line *line, void *data)
{
	bool partition = ks_other_word(data, "--partition"), biospart = ks_other_word(data, "--biospart");

	if (partition == biospart)
		ks_line_error(line, NULL, "one of --partition and --biospart is wanted");
}

const struct ks_cmd ks_cmd_harddrive = {
	.name = "harddrive",
	.versions = KS_ALWAYS,
	.opts = opts,
	.check = check,
};
