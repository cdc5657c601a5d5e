/* iscsiname: the initiator's name. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{ "IQN", KS_STRING, .required = KS_ALWAYS },
	{ 0 },
};

const struct ks_cmd ks_cmd_iscsiname = {
	.name = "iscsiname",
	.versions = KS_SINCE(FC6, RHEL5),
	.opts = opts,
};
