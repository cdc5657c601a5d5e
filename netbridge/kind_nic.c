/*
 * A plain NIC: `network --device=NIC`, in RHEL's way. Its address goes on a bridge over it: xenbr0, the
 * management bridge; a NIC without an address is for the guests, under xenbr1. As a bridge's port it is named
 * by MAC and has no address of its own.
 */
#include "base/util.h"
#include "netbridge/kind.h"

static bool claims(const struct ks_network *line)
{
	(void)line;
	return true;
}

static bool says_no_address(const struct ks_network *line)
{
	return line->bootproto && (str_eq(line->bootproto, "none") || str_eq(line->bootproto, "static")) &&
	       !line->ip && !line->ipv6;
}

/* Whether some line makes this NIC a bridge's port. */
static const struct ks_network *bridge_over(struct net_make *m, const struct nic_facts *nic)
{
	for (size_t i = 0; i < m->ks->n_networks; i++) {
		const struct ks_network *line = &m->ks->networks[i];

		for (size_t p = 0; nic && p < line->bridgeslaves.n; p++)
			if (net_nic_find(m->facts, line->bridgeslaves.v[p]) == nic)
				return line;
	}
	return NULL;
}

static void plan_nic(struct net_make *m, const struct ks_network *line)
{
	const char *device = line->device ? line->device : "link";
	const struct ks_network *over;

	/* `network --hostname=NAME` alone sets nothing but the name. */
	if (!line->device && !line->bootproto && !line->ip && line->hostname)
		return;
	over = bridge_over(m, net_nic_find(m->facts, device));
	if (!over) {
		net_port_add(m, line, net_bridge_add(m, line, NULL), device);
		return;
	}
	if (!says_no_address(line) || line->mtu > 0)
		net_bad(m, ERR_INPUT, &line->at, device,
			"a port of %s has neither address nor MTU of its own: say them on line %u, and "
			"--bootproto=none "
			"here",
			over->device ? over->device : "a bridge", over->at.line);
}

static void units(const struct net_plan *plan, struct net_units *units)
{
	for (size_t i = 0; i < plan->n_bridges; i++) {
		const struct net_bridge *bridge = &plan->bridges[i];

		for (size_t p = 0; p < bridge->n_ports; p++) {
			const char *name = bridge->port_names[p];
			struct buf *b = net_unit_add(units, "10-%s.link", name);

			/* Type=ether leaves out the bridge and VLANs, which have the same address. */
			buf_addf(b, "[Match]\nMACAddress=%s\nType=ether\n\n[Link]\nName=%s\n",
				 bridge->ports[p]->mac, name);
			b = net_unit_add(units, "30-%s.network", name);
			buf_addf(b, "[Match]\nName=%s\n\n[Link]\n", name);
			if (bridge->mtu)
				buf_addf(b, "MTUBytes=%u\n", bridge->mtu);
			buf_addf(b,
				 "RequiredForOnline=no\n\n[Network]\nBridge=%s\nLinkLocalAddressing=no\n"
				 "IPv6AcceptRA=no\n",
				 bridge->name);
		}
	}
}

const struct net_kind net_kind_nic = {
	.name = "nic",
	.claims = claims,
	.plan = plan_nic,
	.units = units,
};
