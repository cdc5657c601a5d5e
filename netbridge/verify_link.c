/* Devices, a bridge's ports, a bond's legs. */
#include "base/file.h"
#include "base/util.h"
#include "netbridge/kind.h"
#include "netbridge/verify_priv.h"

static char *sys_line(const struct verifying *v, const char *fmt, const char *a, const char *b)
{
	auto_free char *below = xasprintf(fmt, a, b);
	auto_free char *path = path_join(v->opts->sys ? v->opts->sys : "/sys", below);

	return file_line(path);
}

void net_check_link(struct verifying *v, const struct net_if *dev)
{
	const struct st_link *link = net_verify_link(v, dev), *parent;

	if (!link) {
		net_found(v, false, "device", dev->name, "is not there");
		return;
	}
	parent = net_if_is_vlan(dev) ? net_verify_link(v, dev->lower[0]) : NULL;
	if (!dev->nic && !str_eq(link->kind, net_if_kernel_kind(dev)))
		net_found(v, false, "device", dev->name, "is a %s, not a %s",
			  link->kind[0] ? link->kind : "NIC", net_if_kernel_kind(dev));
	else if (net_if_is_vlan(dev) &&
		 (link->vlan_id != dev->vlan_id || !parent || link->parent != parent->index))
		net_found(v, false, "device", dev->name, "is VLAN %u of another device, not %u of %s",
			  link->vlan_id, dev->vlan_id, dev->lower[0]->name);
	else if (!link->up && dev->onboot)
		net_found(v, false, "device", dev->name, "is down");
	else if (!link->carrier && dev->mac && dev->onboot)
		net_found(v, false, dev->nic ? "link" : "device", dev->name,
			  dev->nic ? "no link: check its cable and switch port"
				   : "none of what it stands on has a link");
	else
		net_found(v, true, "device", dev->name, "%s%s%s", link->up ? "up" : "down",
			  link->mac[0] ? ", MAC " : "", link->mac);
	if (net_if_is_bridge(dev) && dev->mac && !str_eq(link->mac, dev->mac))
		net_found(v, false, "MAC", dev->name, "has %s, not its NIC's %s", link->mac, dev->mac);
	if (dev->mtu && link->mtu != dev->mtu)
		net_found(v, false, "MTU", dev->name, "is %u, not %u", link->mtu, dev->mtu);
}

void net_check_port(struct verifying *v, const struct net_if *bridge, const struct net_if *port)
{
	const struct st_link *link = net_verify_link(v, port), *br = net_verify_link(v, bridge);
	auto_free char *state =
		link ? sys_line(v, "class/net/%s/brif/%s/state", bridge->name, link->name) : NULL;

	if (!link || !br || link->master != br->index)
		net_found(v, false, "port", port->name, "is not in %s", bridge->name);
	else if (!state || !str_eq(state, "3")) /* BR_STATE_FORWARDING */
		net_found(v, false, "port", port->name, "does not forward in %s (state %s)", bridge->name,
			  state ? state : "unknown");
	else
		net_found(v, true, "port", port->name, "forwards in %s", bridge->name);
}

void net_check_bond(struct verifying *v, const struct net_if *bond)
{
	auto_free char *partner = sys_line(v, "class/net/%s/bonding/ad_partner_mac%s", bond->name, "");
	auto_free char *ports = sys_line(v, "class/net/%s/bonding/ad_num_ports%s", bond->name, "");
	bool lacp = str_eq(net_setting_get(bond->opts, bond->n_opts, "mode"), "802.3ad");

	for (size_t i = 0; i < bond->n_lower; i++) {
		const struct st_link *link = net_verify_link(v, bond->lower[i]),
				     *master = net_verify_link(v, bond);
		auto_free char *mii =
			link ? sys_line(v, "class/net/%s/bonding_slave/mii_status%s", link->name, "") : NULL;

		if (!link || !master || link->master != master->index)
			net_found(v, false, "leg", bond->lower[i]->name, "is not in %s", bond->name);
		else if (!str_eq(mii, "up"))
			net_found(v, false, "leg", bond->lower[i]->name,
				  "is %s in %s: check its cable and switch port", mii ? mii : "unknown",
				  bond->name);
		else
			net_found(v, true, "leg", bond->lower[i]->name, "is up in %s", bond->name);
	}
	if (!lacp)
		return;
	if (!partner || str_eq(partner, "00:00:00:00:00:00"))
		net_found(v, false, "LACP", bond->name,
			  "the switch does not answer: its ports are in no LACP channel (aggregation group)");
	else if (!ports || strtoul(ports, NULL, 10) < bond->n_lower)
		net_found(v, false, "LACP", bond->name, "%s of %zu legs are in the channel with %s",
			  ports ? ports : "0", bond->n_lower, partner);
	else
		net_found(v, true, "LACP", bond->name, "%s legs with %s", ports, partner);
}
