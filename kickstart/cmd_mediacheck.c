/* mediacheck: the medium is read once before use. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{ 0 },
};

const struct ks_cmd ks_cmd_mediacheck = {
	.name = "mediacheck",
	.versions = KS_SINCE(FC4, RHEL5),
	.opts = opts,
};
