/* zerombr: unreadable partition tables may be made anew. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_opt opts[] = { { 0 } };

const struct ks_cmd ks_cmd_zerombr = {
	.name = "zerombr",
	.versions = KS_ALWAYS,
	.opts = opts,
	KS_ONE(zerombr, ks_flag_cmd),
};
