/* langsupport: further languages. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{ "--default", KS_STRING, KS_OTHER, .flags = KS_FORGETS },
	{ "LANG", KS_LIST, KS_OTHER },
	{ 0 },
};

const struct ks_cmd ks_cmd_langsupport = {
	.name = "langsupport",
	.versions = KS_UNTIL(FC6, RHEL5),
	.deprecated = KS_BETWEEN(FC5, FC6, RHEL5, RHEL5),
	.opts = opts,
};
