/* net, in %addon xenith: what the network lines become on this host.
 */
#include "kickstart/table.h"

static const struct ks_choice files[] = { { "networkd", 0 }, { "ifupdown", 0 }, { 0 } };

static const struct ks_opt opts[] = {
	{ "--files", KS_CHOICE, KS_OFF(ks_net, files), .required = KS_ALWAYS, .choices = files },
	{ 0 },
};

const struct ks_cmd ks_cmd_addon_net = {
	.name = "net",
	.versions = KS_ALWAYS,
	.opts = opts,
	KS_ONE(net, ks_net),
};
