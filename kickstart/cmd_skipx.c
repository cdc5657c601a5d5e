/* skipx: no X server is set up. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_opt opts[] = { { 0 } };

const struct ks_cmd ks_cmd_skipx = {
	.name = "skipx",
	.versions = KS_ALWAYS,
	.opts = opts,
	KS_ONE(skipx, ks_flag_cmd),
};
