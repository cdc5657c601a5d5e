/* iscsi: a target to log in to. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{ "--iface", KS_STRING, .versions = KS_SINCE(F17, RHEL6) },
	{ "--ipaddr", KS_STRING, .required = KS_ALWAYS },
	{ "--password", KS_STRING, .flags = KS_SECRET },
	{ "--port", KS_INT, .none = -1 },
	{ "--reverse-password", KS_STRING, .versions = KS_SINCE(F10, RHEL6), .flags = KS_SECRET },
	{ "--reverse-user", KS_STRING, .versions = KS_SINCE(F10, RHEL6) },
	{ "--target", KS_STRING, KS_OTHER },
	{ "--user", KS_STRING, KS_OTHER },
	{ 0 },
};

const struct ks_cmd ks_cmd_iscsi = {
	.name = "iscsi",
	.versions = KS_SINCE(FC6, RHEL5),
	.opts = opts,
	.repeats = true,
};
