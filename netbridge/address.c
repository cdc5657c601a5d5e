/* The addresses of a network line: read, checked, printed. */
#include <arpa/inet.h>

#include "base/util.h"
#include "netbridge/kind.h"

#define HOST_NAME_LEN_MAX 64 /* Linux's, gethostname(2) */
#define LABEL_LEN_MAX     63 /* RFC 1035, 2.3.4 */

static bool label_ok(const char *label, size_t len)
{
	if (!len || len > LABEL_LEN_MAX || label[0] == '-' || label[len - 1] == '-')
		return false;
	for (size_t i = 0; i < len; i++) {
		char c = label[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-'))
			return false;
	}
	return true;
}

bool net_hostname_ok(const char *name)
{
	if (strlen(name) > HOST_NAME_LEN_MAX)
		return false;
	for (;;) {
		size_t len = strcspn(name, ".");

		if (!label_ok(name, len))
			return false;
		if (!name[len])
			return true;
		name += len + 1;
	}
}

static bool ip6(const char *s)
{
	struct in6_addr a;

	return inet_pton(AF_INET6, s, &a) == 1;
}

/* "255.255.255.0" or "24". */
static bool prefix_of(const char *mask, unsigned *ret)
{
	uint64_t number;
	uint32_t m;

	if (str_u64(mask, &number) && number >= 1 && number <= 32) {
		*ret = (unsigned)number;
		return true;
	}
	if (!str_ip4(mask, &m) || !m || (~m & (~m + 1)))
		return false;
	*ret = (unsigned)__builtin_popcount(m);
	return true;
}

static void check_host(struct net_make *m, const struct ks_network *line, uint32_t ip, unsigned prefix_len)
{
	uint32_t host = prefix_len >= 32 ? 0 : UINT32_MAX >> prefix_len;

	if (ip >> 24 == 0 || ip >> 24 == 127 || ip >> 28 >= 14)
		net_bad(m, ERR_INPUT, &line->at, line->ip, "a host can't have this address");
	else if (prefix_len < 31 && ((ip & host) == 0 || (ip & host) == host))
		net_bad(m, ERR_INPUT, &line->at, line->ip,
			"this is the %s address of its network (/%u), not a host's",
			(ip & host) == 0 ? "network" : "broadcast", prefix_len);
}

static void check_gateway(struct net_make *m, const struct ks_network *line, uint32_t ip, unsigned prefix_len)
{
	uint32_t net = prefix_len >= 32 ? UINT32_MAX : ~(UINT32_MAX >> prefix_len), gateway;

	if (!str_ip4(line->gateway, &gateway))
		net_bad(m, ERR_INPUT, &line->at, line->gateway, "--gateway is not an IPv4 address");
	else if (gateway == ip)
		net_bad(m, ERR_INPUT, &line->at, line->gateway, "the gateway is the host's own address");
	else if (prefix_len < 32 && (gateway & net) != (ip & net))
		net_bad(m, ERR_INPUT, &line->at, line->gateway, "the gateway is outside the network %s/%u",
			line->ip, prefix_len);
}

static void make_static(struct net_make *m, const struct ks_network *line, struct net_address *ret)
{
	unsigned prefix_len;
	uint32_t ip;

	ret->proto = NET_STATIC;
	ret->ip = line->ip;
	if (!str_ip4(line->ip, &ip)) {
		net_bad(m, ERR_INPUT, &line->at, line->ip, "--ip is not an IPv4 address");
		return;
	}
	if (!line->netmask) {
		net_bad(m, ERR_INPUT, &line->at, line->ip, "--ip wants a --netmask beside it");
		return;
	}
	if (!prefix_of(line->netmask, &prefix_len)) {
		net_bad(m, ERR_INPUT, &line->at, line->netmask, "--netmask is not a netmask");
		return;
	}
	ret->prefix_len = prefix_len;
	check_host(m, line, ip, prefix_len);
	if (line->gateway)
		check_gateway(m, line, ip, prefix_len);
	ret->gateway = line->nodefroute ? NULL : line->gateway;
}

static void make_ipv4(struct net_make *m, const struct ks_network *line, struct net_address *ret)
{
	const char *proto = line->bootproto ? line->bootproto : "dhcp";

	if (line->noipv4) {
		if (line->ip)
			net_bad(m, ERR_INPUT, &line->at, line->ip, "--noipv4 and --ip exclude each other");
		return;
	}
	if (str_eq(proto, "dhcp")) {
		ret->proto = NET_DHCP;
		if (line->ip)
			net_bad(m, ERR_INPUT, &line->at, line->ip,
				"DHCP brings the address; for a fixed one write --bootproto=static");
	} else if (str_eq(proto, "static") || str_eq(proto, "none")) {
		if (line->ip)
			make_static(m, line, ret);
		else if (str_eq(proto, "static") && (!line->ipv6 || line->noipv6))
			net_bad(m, ERR_INPUT, &line->at, "--bootproto=static",
				"wants --ip and --netmask beside it (no address at all: --bootproto=none)");
	} else {
		net_bad(m, ERR_INPUT, &line->at, proto, "--bootproto is dhcp, static or none here");
	}
}

/* "2001:db8::11", "2001:db8::11/64": with the length that kickstart takes for granted, 64. */
static void make_ipv6_static(struct net_make *m, const struct ks_network *line, struct net_address *ret)
{
	const char *slash = strchr(line->ipv6, '/');
	char *ip = slash ? arena_strndup(&m->plan->arena, line->ipv6, (size_t)(slash - line->ipv6))
			 : arena_strdup(&m->plan->arena, line->ipv6);
	uint64_t len = 64;

	if (!ip6(ip) || (slash && (!str_u64(slash + 1, &len) || !len || len > 128)))
		net_bad(m, ERR_INPUT, &line->at, line->ipv6, "--ipv6 is auto, dhcp or ADDRESS/LENGTH");
	else
		ret->ipv6 = arena_printf(&m->plan->arena, "%s/%u", ip, (unsigned)len);
}

static void make_ipv6(struct net_make *m, const struct ks_network *line, struct net_address *ret)
{
	if (line->noipv6) {
		if (line->ipv6)
			net_bad(m, ERR_INPUT, &line->at, line->ipv6,
				"--noipv6 and --ipv6 exclude each other");
		return;
	}
	if (!line->ipv6)
		ret->ipv6 = ret->proto == NET_NONE ? NULL : "auto"; /* kickstart's default */
	else if (str_eq(line->ipv6, "auto") || str_eq(line->ipv6, "dhcp"))
		ret->ipv6 = line->ipv6;
	else
		make_ipv6_static(m, line, ret);
	if (!line->ipv6gateway)
		return;
	if (!ip6(line->ipv6gateway))
		net_bad(m, ERR_INPUT, &line->at, line->ipv6gateway, "--ipv6gateway is not an IPv6 address");
	else if (ret->ipv6 && !line->nodefroute)
		ret->ipv6gateway = line->ipv6gateway;
}

static const char **words(struct net_make *m, const struct ks_list *a, const struct ks_list *b)
{
	const char **ret = arena_alloc(&m->plan->arena, (a->n + b->n + 1) * sizeof(*ret));

	for (size_t i = 0; i < a->n; i++)
		ret[i] = a->v[i];
	for (size_t i = 0; i < b->n; i++)
		ret[a->n + i] = b->v[i];
	return ret;
}

void net_address_make(struct net_make *m, const struct ks_network *line, struct net_address *ret)
{
	static const struct ks_list none;
	uint32_t ip;

	make_ipv4(m, line, ret);
	make_ipv6(m, line, ret);
	ret->nameservers = words(m, &line->nameserver, &none);
	for (const char **s = ret->nameservers; *s; s++)
		if (!str_ip4(*s, &ip) && !ip6(*s))
			net_bad(m, ERR_INPUT, &line->at, *s, "a name server is given by its address");
	ret->search = words(m, &line->ipv4_dns_search, &line->ipv6_dns_search);
	for (const char **s = ret->search; *s; s++)
		if (!net_hostname_ok(*s))
			net_bad(m, ERR_INPUT, &line->at, *s, "not a domain name");
	ret->no_default_route = line->nodefroute;
	ret->no_dns = line->nodns || ret->nameservers[0];
}

/* Both as "ADDRESS/LENGTH". */
bool net_address_same(const char *a, const char *b)
{
	uint8_t x[16], y[16];
	auto_free char *p = xstrndup(a, strcspn(a, "/")), *q = xstrndup(b, strcspn(b, "/"));
	int family = strchr(p, ':') ? AF_INET6 : AF_INET;

	return str_eq(strchr(a, '/'), strchr(b, '/')) && inet_pton(family, p, x) == 1 &&
	       inet_pton(family, q, y) == 1 && !memcmp(x, y, family == AF_INET6 ? 16 : 4);
}

bool net_address_any(const struct net_address *addr)
{
	return addr->proto != NET_NONE || addr->ipv6 || addr->n_more;
}

bool net_address_fixed6(const struct net_address *addr)
{
	return addr->ipv6 && !str_eq(addr->ipv6, "auto") && !str_eq(addr->ipv6, "dhcp");
}

bool net_address_told6(const struct net_address *addr)
{
	return addr->proto == NET_NONE && addr->ipv6 && !net_address_fixed6(addr);
}

bool net_address_wants_ra(const struct net_address *addr)
{
	return addr->ipv6 && !(net_address_fixed6(addr) && addr->ipv6gateway);
}

void net_address_print(const struct net_address *addr, struct buf *b)
{
	if (addr->proto == NET_DHCP)
		buf_adds(b, "DHCP");
	else if (addr->proto == NET_STATIC)
		buf_addf(b, "%s/%u", addr->ip, addr->prefix_len);
	else
		buf_adds(b, "no IPv4 address");
	if (addr->gateway)
		buf_addf(b, ", gateway %s", addr->gateway);
	if (addr->no_default_route)
		buf_adds(b, ", no default route");
	if (addr->ipv6)
		buf_addf(b, ", IPv6 %s", addr->ipv6);
	else
		buf_adds(b, ", no IPv6");
	if (addr->ipv6gateway)
		buf_addf(b, ", gateway %s", addr->ipv6gateway);
	for (size_t i = 0; i < addr->n_more; i++)
		buf_addf(b, ", also %s", addr->more[i]);
}
