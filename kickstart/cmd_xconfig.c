/* xconfig: the X server. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{ "--card", KS_STRING, .versions = KS_UNTIL(F8, RHEL5),
	  .deprecated = KS_BETWEEN(FC6, F8, RHEL5, RHEL5) },
	{ "--defaultdesktop", KS_STRING, KS_OTHER },
	{ "--depth", KS_INT, .none = -1, .versions = KS_UNTIL(F9, RHEL5) },
	{ "--depth", KS_STRING, .versions = KS_BETWEEN(F10, F13, RHEL6, RHEL6),
	  .deprecated = KS_BETWEEN(F10, F13, RHEL6, RHEL6) },
	{ "--driver", KS_STRING, .versions = KS_BETWEEN(FC6, F13, RHEL5, RHEL6),
	  .deprecated = KS_BETWEEN(F10, F13, RHEL6, RHEL6) },
	{ "--hsync", KS_STRING, .versions = KS_UNTIL(F8, RHEL5),
	  .deprecated = KS_BETWEEN(FC6, F8, RHEL5, RHEL5) },
	{ "--monitor", KS_STRING, .versions = KS_UNTIL(F8, RHEL5),
	  .deprecated = KS_BETWEEN(FC6, F8, RHEL5, RHEL5) },
	{ "--noprobe", KS_FLAG, .versions = KS_UNTIL(FC5, RHEL4) },
	{ "--noprobe", KS_STRING, .versions = KS_BETWEEN(FC6, F8, RHEL5, RHEL5),
	  .deprecated = KS_BETWEEN(FC6, F8, RHEL5, RHEL5) },
	{ "--resolution", KS_STRING, .versions = KS_UNTIL(F13, RHEL6),
	  .deprecated = KS_BETWEEN(F10, F13, RHEL6, RHEL6) },
	{ "--server", KS_STRING, .versions = KS_UNTIL(FC5, RHEL4) },
	{ "--startxonboot", KS_FLAG, KS_OTHER },
	{ "--videoram", KS_STRING, .versions = KS_UNTIL(F13, RHEL6),
	  .deprecated = KS_BETWEEN(F10, F13, RHEL6, RHEL6) },
	{ "--vsync", KS_STRING, .versions = KS_UNTIL(F8, RHEL5),
	  .deprecated = KS_BETWEEN(FC6, F8, RHEL5, RHEL5) },
	{ 0 },
};

const struct ks_cmd ks_cmd_xconfig = {
	.name = "xconfig",
	.versions = KS_ALWAYS,
	.opts = opts,
};
