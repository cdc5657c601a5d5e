/* A bridge: `network --device=xenbr0 --bridgeslaves=NIC`; without ports, an internal network between guests.
 */
#include <ctype.h>
#include <net/if.h>

#include "base/util.h"
#include "netbridge/kind.h"

/* "xenbr" and a number: a bridge even where the line names no ports. */
static bool bridge_name(const char *device)
{
	const char *n = device && str_starts(device, "xenbr") ? device + strlen("xenbr") : "";

	return *n && strspn(n, "0123456789") == strlen(n);
}

static bool claims(const struct ks_network *line)
{
	return line->bridgeslaves.n || line->bridgeopts || bridge_name(line->device);
}

static bool name_ok(const char *name)
{
	for (const char *c = name; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr("-_.", *c))
			return false;
	return *name && strlen(name) < IFNAMSIZ;
}

static void check_name(struct net_make *m, const struct ks_network *line)
{
	for (size_t i = 0; i < m->plan->n_bridges; i++)
		if (str_eq(m->plan->bridges[i].name, line->device))
			net_bad(m, ERR_INPUT, &line->at, line->device,
				"this bridge is described already on line %u", m->lines[i]->at.line);
	if (!name_ok(line->device))
		net_bad(m, ERR_INPUT, &line->at, line->device,
			"a bridge's name has 1 to 15 letters, digits, '-', '_' or '.'");
	else if (line->bridgeslaves.n && net_nic_find(m->facts, line->device))
		net_bad(m, ERR_INPUT, &line->at, line->device,
			"this is a NIC; a bridge has a name of its own, xenbr0 say");
}

/* STP is off and stays off: with it, each new vif of a guest would be blocked for 30 seconds. */
static void check_opts(struct net_make *m, const struct ks_network *line)
{
	auto_argv opts = { 0 };

	argv_split(&opts, line->bridgeopts ? line->bridgeopts : "", ", ");
	for (size_t i = 0; i < opts.n; i++) {
		const char *opt = opts.v[i];

		if (str_eq(opt, "stp=no") || str_eq(opt, "stp=off") || str_eq(opt, "stp=false") ||
		    str_eq(opt, "stp=0") || str_starts(opt, "forward-delay="))
			continue;
		net_bad(m, ERR_INPUT, &line->at, opt,
			"not yet: bridges have STP off and no other options (stp=no is accepted)");
	}
}

static void plan_bridge(struct net_make *m, const struct ks_network *line)
{
	struct net_bridge *bridge;

	if (!line->device) {
		net_bad(m, ERR_INPUT, &line->at, "--bridgeslaves",
			"wants --device=NAME beside it, the bridge's name");
		return;
	}
	check_name(m, line);
	check_opts(m, line);
	bridge = net_bridge_add(m, line, line->device);
	for (size_t i = 0; i < line->bridgeslaves.n; i++)
		net_port_add(m, line, bridge, line->bridgeslaves.v[i]);
}

static void render_netdev(const struct net_bridge *bridge, struct buf *b)
{
	buf_addf(b, "[NetDev]\nName=%s\nKind=bridge\n", bridge->name);
	if (bridge->mac)
		buf_addf(b, "MACAddress=%s\n", bridge->mac);
	if (bridge->mtu)
		buf_addf(b, "MTUBytes=%u\n", bridge->mtu);
	buf_adds(b, "\n[Bridge]\nSTP=no\nForwardDelaySec=0\nMulticastSnooping=no\n");
}

static void render_link(const struct net_bridge *bridge, struct buf *b)
{
	bool wait = bridge->onboot && bridge->n_ports && net_address_any(&bridge->addr);

	buf_addf(b, "[Match]\nName=%s\n\n[Link]\n", bridge->name);
	if (bridge->mtu)
		buf_addf(b, "MTUBytes=%u\n", bridge->mtu);
	if (!bridge->onboot)
		buf_adds(b, "ActivationPolicy=manual\n");
	buf_addf(b, "RequiredForOnline=%s\n", wait ? "yes" : "no");
}

static void render_dns(const struct net_address *addr, struct buf *b)
{
	for (const char **s = addr->nameservers; s && *s; s++)
		buf_addf(b, "DNS=%s\n", *s);
	if (!addr->search || !addr->search[0])
		return;
	buf_adds(b, "Domains=");
	for (const char **s = addr->search; *s; s++)
		buf_addf(b, "%s%s", s == addr->search ? "" : " ", *s);
	buf_adds(b, "\n");
}

static bool fixed_ipv6(const struct net_address *addr)
{
	return addr->ipv6 && !str_eq(addr->ipv6, "auto") && !str_eq(addr->ipv6, "dhcp");
}

/* Routers are listened to, unless all that they could say is fixed. */
static bool wants_ra(const struct net_address *addr)
{
	return addr->ipv6 && !(fixed_ipv6(addr) && addr->ipv6gateway);
}

static void render_ipv6(const struct net_address *addr, struct buf *b)
{
	buf_addf(b, "LinkLocalAddressing=%s\n", addr->ipv6 ? "ipv6" : "no");
	buf_addf(b, "IPv6AcceptRA=%s\n", wants_ra(addr) ? "yes" : "no");
	if (fixed_ipv6(addr))
		buf_addf(b, "Address=%s\n", addr->ipv6);
	if (addr->ipv6gateway)
		buf_addf(b, "Gateway=%s\n", addr->ipv6gateway);
}

static void render_clients(const struct net_address *addr, struct buf *b)
{
	const char *routes = addr->no_default_route ? "UseGateway=no\n" : "";
	const char *dns = addr->no_dns ? "UseDNS=no\n" : "";

	if (addr->proto == NET_DHCP) /* the client id by MAC: what the server saw from the installer */
		buf_addf(b, "\n[DHCPv4]\nClientIdentifier=mac\nUseDomains=%s\n%s%s",
			 addr->no_dns ? "no" : "yes", dns, routes);
	if (str_eq(addr->ipv6, "dhcp")) /* also where no router says that there is a server */
		buf_addf(b, "\n[DHCPv6]\nWithoutRA=solicit\n%s", dns);
	if (wants_ra(addr) && (*routes || *dns))
		buf_addf(b, "\n[IPv6AcceptRA]\n%s%s", dns, routes);
}

static void render_network(const struct net_bridge *bridge, struct buf *b)
{
	const struct net_address *addr = &bridge->addr;
	bool dhcp6 = str_eq(addr->ipv6, "dhcp");

	render_link(bridge, b);
	buf_adds(b, "\n[Network]\n");
	if (addr->proto == NET_DHCP || dhcp6)
		buf_addf(b, "DHCP=%s\n", addr->proto != NET_DHCP ? "ipv6" : dhcp6 ? "yes" : "ipv4");
	if (addr->proto == NET_STATIC)
		buf_addf(b, "Address=%s/%u\n", addr->ip, addr->prefix_len);
	if (addr->gateway)
		buf_addf(b, "Gateway=%s\n", addr->gateway);
	render_ipv6(addr, b);
	render_dns(addr, b);
	/* Guests' vifs come and go: the bridge stays up and configured without any. */
	buf_adds(b, "ConfigureWithoutCarrier=yes\n");
	if (addr->proto == NET_DHCP ||
	    dhcp6) /* an upgrade restarts networkd: nobody is thrown off the host */
		buf_adds(b, "KeepConfiguration=dhcp-on-stop\n");
	render_clients(addr, b);
}

static void units(const struct net_plan *plan, struct net_units *units)
{
	for (size_t i = 0; i < plan->n_bridges; i++) {
		const struct net_bridge *bridge = &plan->bridges[i];

		render_netdev(bridge, net_unit_add(units, "20-%s.netdev", bridge->name));
		render_network(bridge, net_unit_add(units, "30-%s.network", bridge->name));
	}
}

const struct net_kind net_kind_bridge = {
	.name = "bridge",
	.claims = claims,
	.plan = plan_bridge,
	.units = units,
};
