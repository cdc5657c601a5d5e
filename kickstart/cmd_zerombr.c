/* zerombr: unreadable partition tables may be made anew. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{ "IGNORED", KS_LIST, KS_OFF(ks_flag_cmd, ignored), .versions = KS_UNTIL(F8, RHEL5) },
	{ 0 },
};

const struct ks_cmd ks_cmd_zerombr = {
	.name = "zerombr",
	.versions = KS_ALWAYS,
	.opts = opts,
	.raw = KS_UNTIL(F8, RHEL5),
	KS_ONE(zerombr, ks_flag_cmd),
};
