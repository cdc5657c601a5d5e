/* The plan in the words of interfaces(5), for ifupdown with ifenslave and bridge-utils. */
#include "base/util.h"
#include "netbridge/kind.h"

static void render_dns(const struct net_address *addr, struct buf *b)
{
	if (addr->nameservers && addr->nameservers[0]) {
		buf_adds(b, "\tdns-nameservers");
		for (const char **s = addr->nameservers; *s; s++)
			buf_addf(b, " %s", *s);
		buf_addc(b, '\n');
	}
	if (addr->search && addr->search[0]) {
		buf_adds(b, "\tdns-search");
		for (const char **s = addr->search; *s; s++)
			buf_addf(b, " %s", *s);
		buf_addc(b, '\n');
	}
}

static void render_routes(const struct net_address *addr, bool ipv6, struct buf *b)
{
	for (size_t i = 0; i < addr->n_routes; i++) {
		const struct net_route *r = &addr->routes[i];

		if (r->ipv6 != ipv6)
			continue;
		buf_addf(b, "\tup ip %sroute replace %s", ipv6 ? "-6 " : "", r->to);
		if (r->via)
			buf_addf(b, " via %s", r->via);
		buf_adds(b, " dev $IFACE");
		if (r->metric)
			buf_addf(b, " metric %u", r->metric);
		buf_addc(b, '\n');
	}
}

static void render_more(const struct net_address *addr, bool ipv6, struct buf *b)
{
	for (size_t i = 0; i < addr->n_more; i++)
		if (!strchr(addr->more[i], ':') == !ipv6)
			buf_addf(b, "\tup ip addr add %s dev $IFACE%s\n", addr->more[i],
				 ipv6 ? " nodad" : "");
}

/* What belongs to the device whatever its addresses are. */
static void render_device(const struct net_if *dev, struct buf *b)
{
	if (dev->kind->stanza)
		dev->kind->stanza(dev, b);
	if (dev->nic)
		net_ethtool_commands(dev, "\tpre-up ", b);
	if (dev->mtu)
		buf_addf(b, "\tmtu %u\n", dev->mtu);
	if (!dev->addr.ipv6)
		buf_adds(b, "\tup echo 1 >/proc/sys/net/ipv6/conf/$IFACE/disable_ipv6 || true\n");
}

static void render_inet(const struct net_if *dev, struct buf *b)
{
	const struct net_address *addr = &dev->addr;
	const char *proto = addr->proto == NET_DHCP     ? "dhcp"
			    : addr->proto == NET_STATIC ? "static"
							: "manual";

	buf_addf(b, "iface %s inet %s\n", dev->name, proto);
	if (addr->proto == NET_STATIC)
		buf_addf(b, "\taddress %s/%u\n", addr->ip, addr->prefix_len);
	if (addr->gateway)
		buf_addf(b, "\tgateway %s\n", addr->gateway);
	render_device(dev, b);
	render_more(addr, false, b);
	render_routes(addr, false, b);
	render_dns(addr, b);
}

static void render_inet6(const struct net_if *dev, struct buf *b)
{
	const struct net_address *addr = &dev->addr;
	const char *proto = net_address_fixed6(addr)     ? "static"
			    : str_eq(addr->ipv6, "dhcp") ? "dhcp"
							 : "auto";

	if (!addr->ipv6)
		return;
	buf_addf(b, "iface %s inet6 %s\n", dev->name, proto);
	if (net_address_fixed6(addr))
		buf_addf(b, "\taddress %s\n\tdad-attempts 0\n", addr->ipv6);
	if (addr->ipv6gateway)
		buf_addf(b, "\tgateway %s\n", addr->ipv6gateway);
	if (!str_eq(proto, "auto"))
		buf_addf(b, "\taccept_ra %d\n", net_address_wants_ra(addr) ? 2 : 0);
	else
		buf_adds(b, "\taccept_ra 2\n");
	render_more(addr, true, b);
	render_routes(addr, true, b);
}

void net_ifupdown_units(const struct net_plan *plan, struct net_units *ret)
{
	struct buf *b;

	net_link_units(plan, ret);
	b = net_unit_add(ret, "/etc/network/interfaces");
	buf_adds(b, "# Written by xenith; interfaces(5).\nauto lo\niface lo inet loopback\n");
	for (size_t i = 0; i < plan->n_ifs; i++) {
		const struct net_if *dev = plan->ifs[i];

		buf_addc(b, '\n');
		if (dev->onboot) /* in this order: each behind what it stands on */
			buf_addf(b, "auto %s\n", dev->name);
		render_inet(dev, b);
		render_inet6(dev, b);
	}
}
