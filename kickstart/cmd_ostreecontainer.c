/* ostreecontainer: the system is an OSTree container. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{ "--no-signature-verification", KS_FLAG, KS_OTHER },
	{ "--remote", KS_STRING, KS_OTHER },
	{ "--stateroot", KS_STRING, KS_OTHER },
	{ "--transport", KS_STRING, KS_OTHER },
	{ "--url", KS_STRING, .required = KS_ALWAYS },
	{ 0 },
};

static const char *const conflicts[] = { "bootc", "ostreesetup", NULL };

const struct ks_cmd ks_cmd_ostreecontainer = {
	.name = "ostreecontainer",
	.versions = KS_SINCE(F38, RHEL9),
	.opts = opts,
	.conflicts = conflicts,
};
