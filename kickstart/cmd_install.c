/* install, upgrade: a fresh system, or a newer one in place. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{ "--root-device", KS_STRING, .flags = KS_FORGETS, .versions = KS_BETWEEN(F11, F28, RHEL6, RHEL7) },
	{ 0 },
};

static void check(struct ks_line *line, void *data)
{
	if (ks_line_gave(line, "--root-device") && !*ks_other_word(data, "--root-device"))
		ks_line_error(line, "--root-device", "the value is empty");
}

const struct ks_cmd ks_cmd_install = {
	.name = "install",
	.instead = "it is what is done anyway",
	.versions = KS_UNTIL(F33, RHEL8),
	.deprecated = KS_BETWEEN(F29, F33, RHEL8, RHEL8),
	.removed = KS_SINCE(F34, RHEL9),
	.opts = opts,
	.check = check,
};

const struct ks_cmd ks_cmd_upgrade = {
	.name = "upgrade",
	.instead = "a kickstart file upgrades nothing any more",
	.versions = KS_UNTIL(F28, RHEL7),
	.deprecated = KS_BETWEEN(F20, F28, RHEL7, RHEL7),
	.opts = opts,
	.check = check,
};
