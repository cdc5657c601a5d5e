/* bootc: the system is a bootable container. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{ "--bootloader", KS_STRING, .versions = KS_V(F45) | KS_V(RHEL11) },
	{ "--composefs", KS_FLAG, .versions = KS_V(F45) | KS_V(RHEL11) },
	{ "--source-imgref", KS_STRING, .required = KS_ALWAYS },
	{ "--stateroot", KS_STRING, KS_OTHER, .flags = KS_FORGETS },
	{ "--target-imgref", KS_STRING, KS_OTHER },
	{ 0 },
};

static const char *const conflicts[] = { "ostreecontainer", "ostreesetup", NULL };

const struct ks_cmd ks_cmd_bootc = {
	.name = "bootc",
	.versions = KS_SINCE(F43, RHEL10),
	.opts = opts,
	.conflicts = conflicts,
};
