/* address, in %addon xenith: one more address of a device that a network line describes. */
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{ "--device", KS_STRING, KS_OFF(ks_address, device), .required = KS_ALWAYS, .flags = KS_NOT_EMPTY },
	{ "--ip", KS_STRING, KS_OFF(ks_address, ip), .required = KS_ALWAYS, .flags = KS_NOT_EMPTY },
	{ 0 },
};

const struct ks_cmd ks_cmd_addon_address = {
	.name = "address",
	.versions = KS_ALWAYS,
	.opts = opts,
	KS_MANY(addresses, ks_address),
};
