#include "netbridge/verify.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_addr.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#include "base/file.h"
#include "base/util.h"
#include "netbridge/kind.h"
#include "netbridge/live.h"
#include "netbridge/probe.h"
#include "netbridge/state.h"

struct verifying {
	const struct net_plan *plan;
	const struct net_verify_opts *opts;
	struct net_state now;
	struct arena a;
	struct net_findings *all;
	bool manage; /* what is looked at now carries dom0's own address */
};

static void found(struct verifying *v, bool ok, const char *check, const char *what, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));

static bool is_grave(const struct verifying *v, const char *check)
{
	return v->manage && !str_eq(check, "DNS") && !str_eq(check, "leg") && !str_eq(check, "LACP") &&
	       !str_eq(check, "link");
}

static void found(struct verifying *v, bool ok, const char *check, const char *what, const char *fmt, ...)
{
	struct arena *a = &v->all->arena;
	struct net_finding *f = arena_push(a, &v->all->v, &v->all->n, sizeof(*f));
	auto_buf seen = { 0 };
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(&seen, fmt, ap);
	va_end(ap);
	*f = (struct net_finding){ check, arena_strdup(a, what), arena_strdup(a, buf_str(&seen)), ok,
				   is_grave(v, check) };
	v->all->n_bad += !ok;
	v->all->n_grave += !ok && f->grave;
	log_printf(v->opts->log, "%s %s %s: %s", ok ? "ok" : "WRONG", check, what, f->seen);
}

/* In the installer a NIC still has the name that its kernel gave it. */
static const struct st_link *link_of(const struct verifying *v, const struct net_if *dev)
{
	const struct st_link *link = dev->nic ? net_state_link(&v->now, dev->nic->name) : NULL;

	return link ? link : net_state_link(&v->now, dev->name);
}

static char *sys_line(const struct verifying *v, const char *fmt, const char *a, const char *b)
{
	auto_free char *below = xasprintf(fmt, a, b);
	auto_free char *path = path_join(v->opts->sys ? v->opts->sys : "/sys", below);

	return file_line(path);
}

static const char *kind_word(const struct net_if *dev)
{
	return net_if_is_bridge(dev) ? "bridge"
	       : net_if_is_bond(dev) ? "bond"
	       : net_if_is_vlan(dev) ? "vlan"
				     : "";
}

static void check_link(struct verifying *v, const struct net_if *dev)
{
	const struct st_link *link = link_of(v, dev), *parent;

	if (!link) {
		found(v, false, "device", dev->name, "is not there");
		return;
	}
	parent = net_if_is_vlan(dev) ? link_of(v, dev->lower[0]) : NULL;
	if (!dev->nic && !str_eq(link->kind, kind_word(dev)))
		found(v, false, "device", dev->name, "is a %s, not a %s", link->kind[0] ? link->kind : "NIC",
		      kind_word(dev));
	else if (net_if_is_vlan(dev) &&
		 (link->vlan_id != dev->vlan_id || !parent || link->parent != parent->index))
		found(v, false, "device", dev->name, "is VLAN %u of another device, not %u of %s",
		      link->vlan_id, dev->vlan_id, dev->lower[0]->name);
	else if (!link->up && dev->onboot)
		found(v, false, "device", dev->name, "is down");
	else if (!link->carrier && dev->mac && dev->onboot)
		found(v, false, dev->nic ? "link" : "device", dev->name,
		      dev->nic ? "no link: check its cable and switch port"
			       : "none of what it stands on has a link");
	else
		found(v, true, "device", dev->name, "%s%s%s", link->up ? "up" : "down",
		      link->mac[0] ? ", MAC " : "", link->mac);
	if (net_if_is_bridge(dev) && dev->mac && !str_eq(link->mac, dev->mac))
		found(v, false, "MAC", dev->name, "has %s, not its NIC's %s", link->mac, dev->mac);
	if (dev->mtu && link->mtu != dev->mtu)
		found(v, false, "MTU", dev->name, "is %u, not %u", link->mtu, dev->mtu);
}

static void check_port(struct verifying *v, const struct net_if *bridge, const struct net_if *port)
{
	const struct st_link *link = link_of(v, port), *br = link_of(v, bridge);
	auto_free char *state =
		link ? sys_line(v, "class/net/%s/brif/%s/state", bridge->name, link->name) : NULL;

	if (!link || !br || link->master != br->index)
		found(v, false, "port", port->name, "is not in %s", bridge->name);
	else if (!state || !str_eq(state, "3")) /* BR_STATE_FORWARDING */
		found(v, false, "port", port->name, "does not forward in %s (state %s)", bridge->name,
		      state ? state : "unknown");
	else
		found(v, true, "port", port->name, "forwards in %s", bridge->name);
}

static void check_bond(struct verifying *v, const struct net_if *bond)
{
	auto_free char *partner = sys_line(v, "class/net/%s/bonding/ad_partner_mac%s", bond->name, "");
	auto_free char *ports = sys_line(v, "class/net/%s/bonding/ad_num_ports%s", bond->name, "");
	bool lacp = str_eq(net_setting_get(bond->opts, bond->n_opts, "mode"), "802.3ad");

	for (size_t i = 0; i < bond->n_lower; i++) {
		const struct st_link *link = link_of(v, bond->lower[i]), *master = link_of(v, bond);
		auto_free char *mii =
			link ? sys_line(v, "class/net/%s/bonding_slave/mii_status%s", link->name, "") : NULL;

		if (!link || !master || link->master != master->index)
			found(v, false, "leg", bond->lower[i]->name, "is not in %s", bond->name);
		else if (!str_eq(mii, "up"))
			found(v, false, "leg", bond->lower[i]->name,
			      "is %s in %s: check its cable and switch port", mii ? mii : "unknown",
			      bond->name);
		else
			found(v, true, "leg", bond->lower[i]->name, "is up in %s", bond->name);
	}
	if (!lacp)
		return;
	if (!partner || str_eq(partner, "00:00:00:00:00:00"))
		found(v, false, "LACP", bond->name,
		      "the switch does not answer: its ports are in no LACP channel (aggregation group)");
	else if (!ports || strtoul(ports, NULL, 10) < bond->n_lower)
		found(v, false, "LACP", bond->name, "%s of %zu legs are in the channel with %s",
		      ports ? ports : "0", bond->n_lower, partner);
	else
		found(v, true, "LACP", bond->name, "%s legs with %s", ports, partner);
}

/* "192.0.2.11/24" among the link's addresses; also on others. */
static void check_address(struct verifying *v, const struct net_if *dev, const char *want)
{
	const struct st_link *mine = link_of(v, dev);
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
				found(v, false, "duplicate", want,
				      "another machine has it (IPv6 duplicate detection)");
		} else {
			found(v, false, "address", want, "is on %s too",
			      link ? link->name : "another device");
		}
	}
	if (there)
		found(v, true, "address", want, "is on %s", dev->name);
	else
		found(v, false, "address", want, "is not on %s", dev->name);
}

static void check_no_address(struct verifying *v, const struct net_if *dev)
{
	const struct st_link *link = link_of(v, dev);
	bool bare = true;

	for (size_t i = 0; link && i < v->now.n_addrs; i++) {
		auto_buf text = { 0 };

		if (v->now.addrs[i].index != link->index)
			continue;
		net_state_addr_print(&v->now.addrs[i], &text);
		if (str_starts(buf_str(&text), "fe80:")) /* link-local: of no consequence on a port */
			continue;
		bare = false;
		found(v, false, "address", dev->name, "has %s and should have none", buf_str(&text));
	}
	if (bare && net_if_is_bridge(dev))
		found(v, true, "address", dev->name, "has none, as it should");
}

/* The lease's address, where the plan can't know it. */
static const char *any_ipv4(struct verifying *v, const struct net_if *dev)
{
	const struct st_link *link = link_of(v, dev);

	for (size_t i = 0; link && i < v->now.n_addrs; i++)
		if (v->now.addrs[i].index == link->index && v->now.addrs[i].family == AF_INET) {
			auto_buf text = { 0 };

			net_state_addr_print(&v->now.addrs[i], &text);
			return arena_strdup(&v->a, buf_str(&text));
		}
	return NULL;
}

static void check_addresses(struct verifying *v, const struct net_if *dev)
{
	const struct net_address *a = &dev->addr;
	auto_free char *ip4 = a->ip ? xasprintf("%s/%u", a->ip, a->prefix_len) : NULL;

	if (!net_address_any(a)) {
		check_no_address(v, dev);
		return;
	}
	if (ip4)
		check_address(v, dev, ip4);
	else if (a->proto == NET_DHCP && any_ipv4(v, dev))
		found(v, true, "address", dev->name, "has %s by DHCP", any_ipv4(v, dev));
	else if (a->proto == NET_DHCP)
		found(v, false, "address", dev->name, "got none by DHCP");
	if (net_address_fixed6(a))
		check_address(v, dev, a->ipv6);
	for (size_t i = 0; i < a->n_more; i++)
		check_address(v, dev, a->more[i]);
}

/* The main table's default route of IPv4 or IPv6: its gateway (or NULL) and link. */
static const char *default_route(struct verifying *v, int family, const struct st_link **ret)
{
	for (size_t i = 0; i < v->now.n_routes; i++) {
		const struct st_msg *route = &v->now.routes[i];
		const struct rtmsg *rtm = nlmsg_data(route->raw);
		struct nlattr *via =
			nlmsg_find_attr((struct nlmsghdr *)route->raw, sizeof(*rtm), RTA_GATEWAY);
		char text[INET6_ADDRSTRLEN];

		if (route->family != family || rtm->rtm_dst_len || rtm->rtm_table != RT_TABLE_MAIN || !via)
			continue;
		*ret = net_state_index(&v->now, route->index);
		return arena_strdup(&v->a, inet_ntop(family, nla_data(via), text, sizeof(text)));
	}
	return NULL;
}

static void check_route(struct verifying *v, int family, const char *want)
{
	const char *name = family == AF_INET ? "default route" : "IPv6 default route";
	const struct st_link *link = NULL, *mine = link_of(v, v->plan->manage);
	const char *via = default_route(v, family, &link);

	if (!via)
		found(v, false, "route", name, "there is none");
	else if (link != mine)
		found(v, false, "route", name, "goes by %s, not by %s", link ? link->name : "?",
		      v->plan->manage->name);
	else if (want && !str_eq(via, want))
		found(v, false, "route", name, "goes via %s, not %s", via, want);
	else
		found(v, true, "route", name, "via %s by %s", via, v->plan->manage->name);
}

static void check_gateway(struct verifying *v)
{
	const struct net_if *dev = v->plan->manage;
	const struct st_link *link = NULL;
	const char *gateway = dev->addr.gateway ? dev->addr.gateway : default_route(v, AF_INET, &link);
	const char *own = any_ipv4(v, dev);
	struct err err = { 0 };
	struct net_dev nd;
	auto_free char *ip = own ? xstrndup(own, strcspn(own, "/")) : NULL;

	if (!gateway || !ip)
		return;
	if (net_dev_open(link_of(v, dev) ? link_of(v, dev)->name : dev->name, v->opts->log, &nd, &err) ||
	    net_arp_wait(&nd, ip, gateway, v->opts->wait_s ? v->opts->wait_s : 5, &err))
		found(v, false, "gateway", gateway, "%s", err.msg);
	else
		found(v, true, "gateway", gateway, "answers ARP to %s (%s)", nd.name, nd.mac);
}

static void check_gateway6(struct verifying *v)
{
	const struct net_if *dev = v->plan->manage;
	char mac[18];

	if (!dev->addr.ipv6gateway)
		return;
	if (net_nd_answers(dev->name, dev->addr.ipv6gateway, v->opts->wait_s ? v->opts->wait_s : 5, mac))
		found(v, true, "gateway", dev->addr.ipv6gateway, "answers ND on %s (%s)", dev->name, mac);
	else
		found(v, false, "gateway", dev->addr.ipv6gateway, "no answer to neighbour discovery on %s",
		      dev->name);
}

static void check_duplicate(struct verifying *v, const struct net_if *dev)
{
	const char *own = any_ipv4(v, dev);
	auto_free char *ip = own ? xstrndup(own, strcspn(own, "/")) : NULL;
	char mac[18];
	int r = ip && !v->opts->no_duplicates ? net_acd_probe(link_of(v, dev)->name, ip, mac) : -1;

	if (r == 1)
		found(v, false, "duplicate", ip, "another machine, %s, has this address", mac);
	else if (r == 0)
		found(v, true, "duplicate", ip, "no other machine has it (RFC 5227)");
}

static void check_dns(struct verifying *v)
{
	auto_argv servers = { 0 };
	auto_buf text = { 0 };
	auto_argv lines = { 0 };

	for (size_t i = 0; i < v->plan->n_ifs; i++)
		for (const char **s = v->plan->ifs[i]->addr.nameservers; s && *s; s++)
			argv_add(&servers, *s);
	if (!servers.n && !file_read("/etc/resolv.conf", &text, NULL)) {
		argv_split(&lines, buf_str(&text), "\n");
		for (size_t i = 0; i < lines.n; i++)
			if (str_starts(lines.v[i], "nameserver "))
				argv_add(&servers, lines.v[i] + strlen("nameserver "));
	}
	for (size_t i = 0; i < servers.n; i++) {
		bool ok = net_dns_answers(servers.v[i]);

		found(v, ok, "DNS", servers.v[i], ok ? "answers" : "does not answer within 5 s");
	}
}

static void check_mirror(struct verifying *v)
{
	struct err err = { 0 };

	if (!v->opts->mirror)
		return;
	if (net_url_connects(v->opts->mirror, &err))
		found(v, false, "mirror", v->opts->mirror, "%s", err.msg);
	else
		found(v, true, "mirror", v->opts->mirror, "takes connections");
}

static bool stands_on(const struct net_if *top, const struct net_if *dev)
{
	if (top == dev)
		return true;
	for (size_t i = 0; i < top->n_lower; i++)
		if (stands_on(top->lower[i], dev))
			return true;
	return false;
}

static void check_all(struct verifying *v)
{
	const struct net_plan *plan = v->plan;

	for (size_t i = 0; i < plan->n_ifs; i++) {
		v->manage = plan->manage && stands_on(plan->manage, plan->ifs[i]);
		check_link(v, plan->ifs[i]);
	}
	for (size_t i = 0; i < plan->n_ifs; i++) {
		const struct net_if *dev = plan->ifs[i];

		v->manage = plan->manage && stands_on(plan->manage, dev);
		for (size_t p = 0; net_if_is_bridge(dev) && p < dev->n_lower; p++)
			check_port(v, dev, dev->lower[p]);
		if (net_if_is_bond(dev))
			check_bond(v, dev);
		if (link_of(v, dev))
			check_addresses(v, dev);
	}
	if (!plan->manage || !link_of(v, plan->manage))
		return;
	v->manage = true;
	if (plan->manage->addr.gateway)
		check_route(v, AF_INET, plan->manage->addr.gateway);
	else if (plan->manage->addr.proto == NET_DHCP && !plan->manage->addr.no_default_route)
		check_route(v, AF_INET, NULL);
	if (plan->manage->addr.ipv6gateway)
		check_route(v, AF_INET6, plan->manage->addr.ipv6gateway);
	check_gateway(v);
	check_gateway6(v);
	check_duplicate(v, plan->manage);
	check_dns(v);
	check_mirror(v);
}

void net_verify(const struct net_plan *plan, const struct net_verify_opts *opts, struct net_findings *ret)
{
	struct verifying v = { .plan = plan, .opts = opts, .all = ret };
	struct err err = { 0 };

	*ret = (struct net_findings){ 0 };
	if (net_state_read(&v.a, &v.now, &err))
		found(&v, false, "kernel", "rtnetlink", "%s", err.msg);
	else
		check_all(&v);
	arena_clear(&v.a);
}

void net_findings_print(const struct net_findings *findings, enum net_findings_which which, struct buf *b)
{
	for (size_t i = 0; i < findings->n; i++) {
		const struct net_finding *f = &findings->v[i];

		if (which == NET_FINDINGS_ALL || (!f->ok && (which == NET_FINDINGS_BAD || f->grave)))
			buf_addf(b, "%-5s %-9s %s: %s\n", f->ok ? "ok" : "WRONG", f->check, f->what, f->seen);
	}
}

json_t *net_findings_json(const struct net_findings *findings)
{
	json_t *list = json_array(), *j = json_object();

	for (size_t i = 0; i < findings->n; i++) {
		json_t *f = json_object();

		json_put_str(f, "check", findings->v[i].check);
		json_put_str(f, "what", findings->v[i].what);
		json_put_bool(f, "ok", findings->v[i].ok);
		json_put_bool(f, "grave", findings->v[i].grave);
		json_put_str(f, "seen", findings->v[i].seen);
		json_array_append_new(list, f);
	}
	json_put_bool(j, "ok", !findings->n_bad);
	json_object_set_new(j, "findings", list);
	return j;
}

void net_findings_clear(struct net_findings *findings)
{
	arena_clear(&findings->arena);
	*findings = (struct net_findings){ 0 };
}
