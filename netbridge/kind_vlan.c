/* VLANs are refused: a host that dropped its tag silently would be on the wrong network. */
#include "netbridge/kind.h"

static bool claims(const struct ks_network *line)
{
	return line->vlanid > 0 || line->interfacename;
}

static void plan_vlan(struct net_make *m, const struct ks_network *line)
{
	net_bad(m, ERR_INPUT, &line->at, line->vlanid > 0 ? "--vlanid" : "--interfacename",
		"VLANs are not yet supported; give the port its VLAN untagged on the switch");
}

const struct net_kind net_kind_vlan = {
	.name = "vlan",
	.claims = claims,
	.plan = plan_vlan,
};
