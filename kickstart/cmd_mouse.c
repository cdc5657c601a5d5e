/* mouse: the mouse. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{ "--device", KS_STRING, KS_OTHER },
	{ "--emulthree", KS_FLAG, KS_OTHER },
	{ "TYPE", KS_STRING, .required = KS_ALWAYS },
	{ 0 },
};

const struct ks_cmd ks_cmd_mouse = {
	.name = "mouse",
	.versions = KS_UNTIL(FC6, RHEL5),
	.deprecated = KS_BETWEEN(FC3, F8, RHEL4, RHEL5),
	.opts = opts,
};
