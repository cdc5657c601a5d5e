/* retry, in %addon xenith: how often an install that failed is tried again. */
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{ "--times", KS_INT, KS_OFF(ks_retry, times), .none = -1, .min = 0, .max = 1000,
	  .required = KS_ALWAYS },
	{ "--delay", KS_INT, KS_OFF(ks_retry, delay_s), .none = -1, .min = 0, .max = 86400 },
	{ 0 },
};

const struct ks_cmd ks_cmd_addon_retry = {
	.name = "retry",
	.versions = KS_ALWAYS,
	.opts = opts,
	KS_ONE(retry, ks_retry),
};
