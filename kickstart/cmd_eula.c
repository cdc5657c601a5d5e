/* eula: the licence is agreed to. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{ "--agreed", KS_FLAG, .alias = "--agree" },
	{ "--accepted", KS_FLAG, .alias = "--accept" },
	{ 0 },
};

static void check(struct ks_line *line, void *data)
{
	(void)data;
	if (!line->set[0])
		ks_line_error(line, NULL, "--agreed is missing");
}

const struct ks_cmd ks_cmd_eula = {
	.name = "eula",
	.versions = KS_SINCE(F20, RHEL7),
	.opts = opts,
	.check = check,
};
