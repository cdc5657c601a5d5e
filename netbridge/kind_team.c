/* Teams are refused: a host whose team had silently become something else would be off the network. */
#include "netbridge/kind.h"

static bool claims(const struct ks_network *line)
{
	return line->teamslaves.n || line->teamconfig;
}

static void plan_team(struct net_make *m, const struct ks_network *line)
{
	net_bad(m, ERR_INPUT, &line->at, "--teamslaves",
		"teams are not supported (RHEL 10 has dropped them too): a bond, --bondslaves, does the "
		"same");
}

const struct net_kind net_kind_team = {
	.name = "team",
	.claims = claims,
	.plan = plan_team,
};
