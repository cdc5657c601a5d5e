/* Bonds are refused: a host whose bond had silently become something else would be off the network. */
#include "netbridge/kind.h"

static bool claims(const struct ks_network *line)
{
	return line->bondslaves.n || line->bondopts;
}

static void plan_bond(struct net_make *m, const struct ks_network *line)
{
	net_bad(m, ERR_INPUT, &line->at, "--bondslaves",
		"bonds are not yet supported; put the bridge over one NIC");
}

const struct net_kind net_kind_bond = {
	.name = "bond",
	.claims = claims,
	.plan = plan_bond,
};
