/* What is at the other end of the wire: gateways, duplicates, name servers, a mirror. */
#include <arpa/inet.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <time.h>

#include "base/file.h"
#include "base/util.h"
#include "netbridge/kind.h"
#include "netbridge/live.h"
#include "netbridge/probe.h"
#include "netbridge/verify_priv.h"

#define ND_PROBES 3
#define WIRE_S    35

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

void net_wait_told6(struct verifying *v)
{
	const struct net_if *dev = v->plan->manage;
	unsigned wait_s = v->opts->wait_s ? v->opts->wait_s : WIRE_S;
	const struct timespec pause = { .tv_sec = 1 };
	const struct st_link *link;

	for (unsigned s = 0; dev && net_address_told6(&dev->addr) && s < wait_s; s++) {
		struct err ignored = { 0 };

		if (net_verify_ipv6(v, dev) &&
		    (dev->addr.no_default_route || default_route(v, AF_INET6, &link)))
			return;
		nanosleep(&pause, NULL);
		arena_clear(&v->a);
		v->now = (struct net_state){ 0 };
		if (net_state_read(&v->a, &v->now, &ignored))
			return;
	}
}

void net_check_route(struct verifying *v, int family, const char *want)
{
	const char *name = family == AF_INET ? "default route" : "IPv6 default route";
	const struct st_link *link = NULL, *mine = net_verify_link(v, v->plan->manage);
	const char *via = default_route(v, family, &link);

	if (!via)
		net_found(v, false, "route", name, "there is none");
	else if (link != mine)
		net_found(v, false, "route", name, "goes by %s, not by %s", link ? link->name : "?",
			  v->plan->manage->name);
	else if (want && !str_eq(via, want))
		net_found(v, false, "route", name, "goes via %s, not %s", via, want);
	else
		net_found(v, true, "route", name, "via %s by %s", via, v->plan->manage->name);
}

void net_check_gateway(struct verifying *v)
{
	const struct net_if *dev = v->plan->manage;
	const struct st_link *link = NULL;
	const char *gateway = dev->addr.gateway ? dev->addr.gateway : default_route(v, AF_INET, &link);
	const char *own = net_verify_ipv4(v, dev);
	struct err err = { 0 };
	struct net_dev nd;
	auto_free char *ip = own ? xstrndup(own, strcspn(own, "/")) : NULL;

	if (!gateway || !ip)
		return;
	if (net_dev_open(net_verify_link(v, dev) ? net_verify_link(v, dev)->name : dev->name, v->opts->log,
			 &nd, &err) ||
	    net_arp_wait(&nd, ip, gateway, v->opts->wait_s ? v->opts->wait_s : 5, &err))
		net_found(v, false, "gateway", gateway, "%s", err.msg);
	else
		net_found(v, true, "gateway", gateway, "answers ARP to %s (%s)", nd.name, nd.mac);
}

void net_check_gateway6(struct verifying *v)
{
	const struct net_if *dev = v->plan->manage;
	const struct st_link *link = net_verify_link(v, dev), *by = NULL;
	const char *gateway = dev->addr.ipv6gateway;
	/* Behind an IPv4 gateway that answers, the wire is known to be there. */
	unsigned wait_s = v->opts->wait_s ? v->opts->wait_s : dev->addr.proto == NET_NONE ? WIRE_S : 5;
	char mac[18];

	if (!gateway && net_address_told6(&dev->addr))
		gateway = default_route(v, AF_INET6, &by);
	if (!gateway)
		return;
	if (net_nd_answers(link->name, gateway, wait_s, mac))
		net_found(v, true, "gateway", gateway, "answers ND on %s (%s)", dev->name, mac);
	else
		net_found(v, false, "gateway", gateway, "no answer to neighbour discovery on %s", dev->name);
}

void net_check_duplicate(struct verifying *v, const struct net_if *dev)
{
	const char *own = net_verify_ipv4(v, dev);
	auto_free char *ip = own ? xstrndup(own, strcspn(own, "/")) : NULL;
	char mac[18];
	int r = ip && !v->opts->no_duplicates ? net_acd_probe(net_verify_link(v, dev)->name, ip, mac) : -1;

	if (r == 1)
		net_found(v, false, "duplicate", ip, "another machine, %s, has this address", mac);
	else if (r == 0)
		net_found(v, true, "duplicate", ip, "no other machine has it (RFC 5227)");
}

/* Addresses are given without duplicate detection (nodad): who has it is asked here. */
void net_check_duplicate6(struct verifying *v, const struct net_if *dev)
{
	const struct st_link *link = net_verify_link(v, dev);
	auto_free char *ip = NULL;
	char mac[18];

	if (!net_address_fixed6(&dev->addr) || v->opts->no_duplicates)
		return;
	ip = xstrndup(dev->addr.ipv6, strcspn(dev->addr.ipv6, "/"));
	if (net_nd_answers(link->name, ip, ND_PROBES, mac) && !str_eq(mac, link->mac))
		net_found(v, false, "duplicate", ip, "another machine, %s, has this address", mac);
	else
		net_found(v, true, "duplicate", ip, "no other machine has it (neighbour discovery)");
}

void net_check_dns(struct verifying *v)
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

		net_found(v, ok, "DNS", servers.v[i], ok ? "answers" : "does not answer within 5 s");
	}
}

void net_check_mirror(struct verifying *v)
{
	struct err err = { 0 };

	if (!v->opts->mirror)
		return;
	if (net_url_connects(v->opts->mirror, &err))
		net_found(v, false, "mirror", v->opts->mirror, "%s", err.msg);
	else
		net_found(v, true, "mirror", v->opts->mirror, "takes connections");
}
