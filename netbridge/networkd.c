/* The plan in systemd-networkd's words: .netdev, .network, and udev's .link. */
#include "base/util.h"
#include "netbridge/kind.h"

#define DIR "/etc/systemd/network/"

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

static void render_ipv6(const struct net_address *addr, struct buf *b)
{
	bool more6 = false;

	for (size_t i = 0; i < addr->n_more; i++)
		more6 = more6 || strchr(addr->more[i], ':');
	buf_addf(b, "LinkLocalAddressing=%s\n", addr->ipv6 || more6 ? "ipv6" : "no");
	buf_addf(b, "IPv6AcceptRA=%s\n", net_address_wants_ra(addr) ? "yes" : "no");
	if (net_address_fixed6(addr))
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
	if (net_address_wants_ra(addr) && (*routes || *dns))
		buf_addf(b, "\n[IPv6AcceptRA]\n%s%s", dns, routes);
}

static void render_routes(const struct net_address *addr, struct buf *b)
{
	for (size_t i = 0; i < addr->n_routes; i++) {
		const struct net_route *r = &addr->routes[i];

		buf_addf(b, "\n[Route]\nDestination=%s\n",
			 !str_eq(r->to, "default") ? r->to
			 : r->ipv6                 ? "::/0"
						   : "0.0.0.0/0");
		if (r->via)
			buf_addf(b, "Gateway=%s\n", r->via);
		if (r->metric)
			buf_addf(b, "Metric=%u\n", r->metric);
	}
}

static void render_addresses(const struct net_address *addr, struct buf *b)
{
	bool dhcp6 = str_eq(addr->ipv6, "dhcp");

	if (addr->proto == NET_DHCP || dhcp6)
		buf_addf(b, "DHCP=%s\n", addr->proto != NET_DHCP ? "ipv6" : dhcp6 ? "yes" : "ipv4");
	if (addr->proto == NET_STATIC)
		buf_addf(b, "Address=%s/%u\n", addr->ip, addr->prefix_len);
	for (size_t i = 0; i < addr->n_more; i++)
		buf_addf(b, "Address=%s\n", addr->more[i]);
	if (addr->gateway)
		buf_addf(b, "Gateway=%s\n", addr->gateway);
	render_ipv6(addr, b);
	render_dns(addr, b);
}

static void render_vlans(const struct net_plan *plan, const struct net_if *dev, struct buf *b)
{
	for (size_t i = 0; dev->master && dev->master->vlan_aware && i < dev->master->n_vlans; i++)
		buf_addf(b, "\n[BridgeVLAN]\nVLAN=%s\n", dev->master->vlans[i]);
	for (size_t i = 0; dev->vlan_aware && i < plan->n_ifs; i++)
		if (net_if_is_vlan(plan->ifs[i]) && plan->ifs[i]->lower[0] == dev)
			buf_addf(b, "\n[BridgeVLAN]\nVLAN=%u\n", plan->ifs[i]->vlan_id);
}

static bool only_carries(const struct net_if *dev)
{
	return !net_address_any(&dev->addr);
}

static void render_link(const struct net_if *dev, struct buf *b)
{
	bool wait = dev->onboot && dev->mac && !only_carries(dev);

	buf_addf(b, "[Match]\nName=%s\n\n[Link]\n", dev->name);
	if (dev->mtu)
		buf_addf(b, "MTUBytes=%u\n", dev->mtu);
	if (!dev->onboot)
		buf_adds(b, "ActivationPolicy=manual\n");
	buf_addf(b, "RequiredForOnline=%s\n", wait ? "yes" : "no");
}

static void render_network(const struct net_plan *plan, const struct net_if *dev, struct buf *b)
{
	const struct net_address *addr = &dev->addr;
	const char *primary =
		dev->master ? net_setting_get(dev->master->opts, dev->master->n_opts, "primary") : NULL;

	render_link(dev, b);
	buf_adds(b, "\n[Network]\n");
	if (dev->master)
		buf_addf(b, "%s=%s\n", net_if_is_bond(dev->master) ? "Bond" : "Bridge", dev->master->name);
	if (str_eq(primary, dev->name))
		buf_adds(b, "PrimarySlave=yes\n");
	for (size_t i = 0; i < plan->n_ifs; i++)
		if (net_if_is_vlan(plan->ifs[i]) && plan->ifs[i]->lower[0] == dev)
			buf_addf(b, "VLAN=%s\n", plan->ifs[i]->name);
	render_addresses(addr, b);
	if (net_if_is_bridge(dev)) /* guests' vifs come and go: it stays up and configured without any */
		buf_adds(b, "ConfigureWithoutCarrier=yes\n");
	if (addr->proto == NET_DHCP || str_eq(addr->ipv6, "dhcp")) /* an upgrade restarts networkd */
		buf_adds(b, "KeepConfiguration=dhcp-on-stop\n");
	render_clients(addr, b);
	render_routes(addr, b);
	render_vlans(plan, dev, b);
}

static void render_netdev(const struct net_if *dev, struct buf *b)
{
	static const struct {
		const struct net_kind *kind;
		const char *word;
	} words[] = { { &net_kind_bridge, "bridge" },
		      { &net_kind_bond, "bond" },
		      { &net_kind_vlan, "vlan" } };

	buf_addf(b, "[NetDev]\nName=%s\n", dev->name);
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (words[i].kind == dev->kind)
			buf_addf(b, "Kind=%s\n", words[i].word);
	if (dev->mac && !net_if_is_vlan(dev))
		buf_addf(b, "MACAddress=%s\n", dev->mac);
	if (dev->mtu)
		buf_addf(b, "MTUBytes=%u\n", dev->mtu);
	dev->kind->netdev(dev, b);
}

/* Type=ether leaves out the bridge and VLANs, which have the same address. */
void net_link_units(const struct net_plan *plan, struct net_units *ret)
{
	for (size_t i = 0; i < plan->n_ifs; i++) {
		const struct net_if *dev = plan->ifs[i];
		struct buf *b;

		if (!dev->nic)
			continue;
		b = net_unit_add(ret, DIR "10-%s.link", dev->name);
		buf_addf(b, "[Match]\nMACAddress=%s\nType=ether\n\n[Link]\nName=%s\n", dev->mac, dev->name);
		net_ethtool_link(dev, b);
	}
}

void net_networkd_units(const struct net_plan *plan, struct net_units *ret)
{
	/* Not even a file that an administrator adds later, "Name=*", takes the guests' vifs over. */
	buf_adds(net_unit_add(ret, DIR "05-xen-vif.network"),
		 "[Match]\nName=vif*\n\n[Link]\nUnmanaged=yes\n");
	net_link_units(plan, ret);
	for (size_t i = 0; i < plan->n_ifs; i++) {
		const struct net_if *dev = plan->ifs[i];

		if (dev->kind->netdev)
			render_netdev(dev, net_unit_add(ret, DIR "20-%s.netdev", dev->name));
		render_network(plan, dev, net_unit_add(ret, DIR "30-%s.network", dev->name));
	}
}
