/* interactive: the dialogs show with the answers of the file. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{ 0 },
};

const struct ks_cmd ks_cmd_interactive = {
	.name = "interactive",
	.versions = KS_UNTIL(F14, RHEL6),
	.deprecated = KS_V(F14),
	.opts = opts,
};
