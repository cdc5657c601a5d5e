/* group: a group of accounts. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{ "--name", KS_STRING, KS_OFF(ks_group, name), .required = KS_ALWAYS },
	{ "--gid", KS_INT, KS_OFF(ks_group, gid), .none = -1 },
	{ 0 },
};

const struct ks_cmd ks_cmd_group = {
	.name = "group",
	.versions = KS_SINCE(F12, RHEL6),
	.opts = opts,
	KS_MANY(user_groups, ks_group),
};
