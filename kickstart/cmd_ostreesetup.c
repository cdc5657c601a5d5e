/* ostreesetup: the system is an OSTree tree. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{ "--nogpg", KS_FLAG, KS_OTHER },
	{ "--osname", KS_STRING, .required = KS_ALWAYS },
	{ "--ref", KS_STRING, .required = KS_ALWAYS },
	{ "--remote", KS_STRING, KS_OTHER },
	{ "--url", KS_STRING, .required = KS_ALWAYS },
	{ 0 },
};

static const char *const conflicts[] = { "bootc", "ostreecontainer", NULL };

const struct ks_cmd ks_cmd_ostreesetup = {
	.name = "ostreesetup",
	.versions = KS_SINCE(F21, RHEL7),
	.opts = opts,
	.conflicts = conflicts,
};
