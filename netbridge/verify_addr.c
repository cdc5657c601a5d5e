/* Addresses: on their device, and on nothing else. */
#include <linux/if_addr.h>
#include <netlink/msg.h>

#include "base/util.h"
#include "netbridge/kind.h"
#include "netbridge/verify_priv.h"

/* "192.0.2.11/24" among the link's addresses; also on others. */
static void check_address(struct verifying *v, const struct net_if *dev, const char *want)
{
	const struct st_link *mine = net_verify_link(v, dev);
	bool there = false;

	for (size_t i = 0; i < v->now.n_addrs; i++) {
		const struct st_link *link = net_state_index(&v->now, v->now.addrs[i].index);
		const struct ifaddrmsg *ifa = nlmsg_data(v->now.addrs[i].raw);
		auto_buf text = { 0 };

		net_state_addr_print(&v->now.addrs[i], &text);
		if (!net_address_same(buf_str(&text), want))
			continue;
		if (link == mine) {
			there = true;
			if (ifa->ifa_flags & IFA_F_DADFAILED)
				net_found(v, false, "duplicate", want,
					  "another machine has it (IPv6 duplicate detection)");
		} else {
			net_found(v, false, "address", want, "is on %s too",
				  link ? link->name : "another device");
		}
	}
	if (there)
		net_found(v, true, "address", want, "is on %s", dev->name);
	else
		net_found(v, false, "address", want, "is not on %s", dev->name);
}

static void check_no_address(struct verifying *v, const struct net_if *dev)
{
	const struct st_link *link = net_verify_link(v, dev);
	bool bare = true;

	for (size_t i = 0; link && i < v->now.n_addrs; i++) {
		auto_buf text = { 0 };

		if (v->now.addrs[i].index != link->index)
			continue;
		net_state_addr_print(&v->now.addrs[i], &text);
		if (str_starts(buf_str(&text), "fe80:")) /* link-local: of no consequence on a port */
			continue;
		bare = false;
		net_found(v, false, "address", dev->name, "has %s and should have none", buf_str(&text));
	}
	if (bare && net_if_is_bridge(dev))
		net_found(v, true, "address", dev->name, "has none, as it should");
}

/* The lease's address, where the plan can't know it. */
const char *net_verify_ipv4(struct verifying *v, const struct net_if *dev)
{
	const struct st_link *link = net_verify_link(v, dev);

	for (size_t i = 0; link && i < v->now.n_addrs; i++)
		if (v->now.addrs[i].index == link->index && v->now.addrs[i].family == AF_INET) {
			auto_buf text = { 0 };

			net_state_addr_print(&v->now.addrs[i], &text);
			return arena_strdup(&v->a, buf_str(&text));
		}
	return NULL;
}

/* By a router's prefix, or DHCPv6. */
const struct st_msg *net_verify_ipv6(const struct verifying *v, const struct net_if *dev)
{
	const struct st_link *link = net_verify_link(v, dev);

	for (size_t i = 0; link && i < v->now.n_addrs; i++) {
		const struct ifaddrmsg *ifa = nlmsg_data(v->now.addrs[i].raw);

		if (v->now.addrs[i].index == link->index && v->now.addrs[i].family == AF_INET6 &&
		    ifa->ifa_scope == RT_SCOPE_UNIVERSE && !(ifa->ifa_flags & IFA_F_TENTATIVE))
			return &v->now.addrs[i];
	}
	return NULL;
}

static void check_told6(struct verifying *v, const struct net_if *dev)
{
	const struct st_msg *addr = net_verify_ipv6(v, dev);
	const struct ifaddrmsg *ifa = addr ? nlmsg_data(addr->raw) : NULL;
	auto_buf text = { 0 };

	if (!addr) {
		net_found(v, false, "address", dev->name, "got none by IPv6 (%s)",
			  str_eq(dev->addr.ipv6, "dhcp") ? "DHCPv6" : "router advertisements");
		return;
	}
	net_state_addr_print(addr, &text);
	net_found(v, !(ifa->ifa_flags & IFA_F_DADFAILED), "address", dev->name,
		  ifa->ifa_flags & IFA_F_DADFAILED ? "has %s, as another machine" : "has %s by IPv6",
		  buf_str(&text));
}

void net_check_addresses(struct verifying *v, const struct net_if *dev)
{
	const struct net_address *a = &dev->addr;
	auto_free char *ip4 = a->ip ? xasprintf("%s/%u", a->ip, a->prefix_len) : NULL;

	if (!net_address_any(a)) {
		check_no_address(v, dev);
		return;
	}
	if (ip4)
		check_address(v, dev, ip4);
	else if (a->proto == NET_DHCP && net_verify_ipv4(v, dev))
		net_found(v, true, "address", dev->name, "has %s by DHCP", net_verify_ipv4(v, dev));
	else if (a->proto == NET_DHCP)
		net_found(v, false, "address", dev->name, "got none by DHCP");
	if (net_address_fixed6(a))
		check_address(v, dev, a->ipv6);
	else if (net_address_told6(a))
		check_told6(v, dev);
	for (size_t i = 0; i < a->n_more; i++)
		check_address(v, dev, a->more[i]);
}
