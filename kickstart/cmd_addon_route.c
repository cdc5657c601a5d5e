/* route, in %addon xenith: a network that is reached through another gateway than the default one. */
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{ "--device", KS_STRING, KS_OFF(ks_route, device), .required = KS_ALWAYS, .flags = KS_NOT_EMPTY },
	{ "--to", KS_STRING, KS_OFF(ks_route, to), .required = KS_ALWAYS, .flags = KS_NOT_EMPTY },
	{ "--via", KS_STRING, KS_OFF(ks_route, via), .flags = KS_NOT_EMPTY },
	{ "--metric", KS_INT, KS_OFF(ks_route, metric), .none = -1, .min = 1, .max = 0x7fffffff },
	{ 0 },
};

const struct ks_cmd ks_cmd_addon_route = {
	.name = "route",
	.versions = KS_ALWAYS,
	.opts = opts,
	KS_MANY(routes, ks_route),
};
