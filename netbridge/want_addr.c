/* What a plan makes of the addresses and routes that are there. */
#include <arpa/inet.h>
#include <linux/if_addr.h>
#include <netlink/msg.h>

#include "base/util.h"
#include "netbridge/kind.h"
#include "netbridge/want.h"

static struct nlmsghdr *copy_with_index(struct arena *a, const struct st_msg *msg, int index, bool route)
{
	struct nlmsghdr *h = memcpy(arena_alloc(a, msg->raw->nlmsg_len), msg->raw, msg->raw->nlmsg_len);
	struct nlattr *oif;

	if (!route) {
		((struct ifaddrmsg *)nlmsg_data(h))->ifa_index = (unsigned)index;
		return h;
	}
	oif = nlmsg_find_attr(h, sizeof(struct rtmsg), RTA_OIF);
	if (oif)
		memcpy(nla_data(oif), &index, sizeof(index));
	return h;
}

static void push_addr(struct wanting *w, int index, const char *text)
{
	const char *slash = strchr(text, '/');
	auto_free char *ip = xstrndup(text, slash ? (size_t)(slash - text) : strlen(text));
	int family = strchr(ip, ':') ? AF_INET6 : AF_INET;
	uint64_t len = family == AF_INET6 ? 128 : 32;
	uint8_t addr[16];
	struct nl_msg *msg = nlmsg_alloc_simple(RTM_NEWADDR, 0);
	struct ifaddrmsg ifa = { .ifa_family = (uint8_t)family, .ifa_index = (unsigned)index };
	size_t n = family == AF_INET6 ? 16 : 4;
	struct st_msg *new;

	if (slash)
		str_u64(slash + 1, &len);
	ifa.ifa_prefixlen = (uint8_t)len;
	inet_pton(family, ip, addr);
	nlmsg_append(msg, &ifa, sizeof(ifa), NLMSG_ALIGNTO);
	nla_put(msg, IFA_LOCAL, (int)n, addr);
	nla_put(msg, IFA_ADDRESS, (int)n, addr);
	if (family == AF_INET && len < 31) {
		uint32_t host;

		memcpy(&host, addr, sizeof(host));
		host |= htonl((uint32_t)(UINT64_C(0xffffffff) >> len));
		nla_put(msg, IFA_BROADCAST, sizeof(host), &host);
	}
	new = arena_push(w->a, &w->want->addrs, &w->want->n_addrs, sizeof(*new));
	*new = (struct st_msg){ index, family,
				memcpy(arena_alloc(w->a, nlmsg_hdr(msg)->nlmsg_len), nlmsg_hdr(msg),
				       nlmsg_hdr(msg)->nlmsg_len) };
	nlmsg_free(msg);
}

static void push_route(struct wanting *w, int index, const char *to, const char *via, unsigned metric,
		       bool ipv6)
{
	int family = ipv6 ? AF_INET6 : AF_INET;
	size_t n = ipv6 ? 16 : 4;
	struct rtmsg rtm = { .rtm_family = (uint8_t)family,
			     .rtm_table = RT_TABLE_MAIN,
			     .rtm_protocol = RTPROT_STATIC,
			     .rtm_scope = via || ipv6 ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK,
			     .rtm_type = RTN_UNICAST };
	struct nl_msg *msg = nlmsg_alloc_simple(RTM_NEWROUTE, 0);
	uint8_t dst[16], gateway[16];
	struct st_msg *new;

	if (!str_eq(to, "default")) {
		const char *slash = strchr(to, '/');
		auto_free char *ip = xstrndup(to, (size_t)(slash - to));
		uint64_t len = 0;

		str_u64(slash + 1, &len);
		rtm.rtm_dst_len = (uint8_t)len;
		inet_pton(family, ip, dst);
	}
	if (via)
		rtm.rtm_flags = RTNH_F_ONLINK;
	nlmsg_append(msg, &rtm, sizeof(rtm), NLMSG_ALIGNTO);
	if (rtm.rtm_dst_len)
		nla_put(msg, RTA_DST, (int)n, dst);
	if (via && inet_pton(family, via, gateway) == 1)
		nla_put(msg, RTA_GATEWAY, (int)n, gateway);
	nla_put_u32(msg, RTA_OIF, (uint32_t)index);
	if (metric)
		nla_put_u32(msg, RTA_PRIORITY, metric);
	new = arena_push(w->a, &w->want->routes, &w->want->n_routes, sizeof(*new));
	*new = (struct st_msg){ index, family,
				memcpy(arena_alloc(w->a, nlmsg_hdr(msg)->nlmsg_len), nlmsg_hdr(msg),
				       nlmsg_hdr(msg)->nlmsg_len) };
	nlmsg_free(msg);
}

/* Whether link is what dev stands on, at any depth, or dev itself. */
static bool carries(struct wanting *w, const struct net_if *dev, int index)
{
	struct st_link *link = net_want_link(w, dev);

	if (link && link->index == index)
		return true;
	for (size_t i = 0; i < dev->n_lower; i++)
		if (carries(w, dev->lower[i], index))
			return true;
	return false;
}

/* The device of the plan that an address on this link belongs to from now on: the top of the stack over it.
 */
static const struct net_if *heir(struct wanting *w, int index)
{
	const struct net_if *top = NULL;

	for (size_t i = 0; i < w->plan->n_ifs; i++) {
		const struct net_if *dev = w->plan->ifs[i];

		if (net_address_any(&dev->addr) && carries(w, dev, index) &&
		    (!top || dev == w->plan->manage || net_want_link(w, dev)->index == index))
			if (!top || top != w->plan->manage || net_want_link(w, dev)->index == index)
				top = dev;
	}
	return top;
}

static bool in_plan(struct wanting *w, int index)
{
	const struct st_link *link = net_state_index(w->want, index);

	return link && link->dev;
}

/* Becomes a port or leg by this change. */
static bool joins(struct wanting *w, int index)
{
	const struct st_link *old = net_state_index(w->now, index), *new = net_state_index(w->want, index);

	return old && new &&new->master && old->master != new->master;
}

static bool link_local(const struct st_msg *addr)
{
	const struct ifaddrmsg *ifa = nlmsg_data(addr->raw);

	return addr->family == AF_INET6 && ifa->ifa_scope == RT_SCOPE_LINK;
}

/* A lease or what a router gave goes with its device; said addresses are put there by the plan. */
static bool is_lease(const struct net_address *addr, const struct st_msg *msg)
{
	if (msg->family == AF_INET)
		return addr->proto == NET_DHCP;
	return addr->ipv6 && !net_address_fixed6(addr);
}

/* An address of the plan that some other link still has: a bridge of another name, say. */
static bool said_elsewhere(struct wanting *w, const struct st_msg *old)
{
	auto_buf text = { 0 };
	size_t len;

	net_state_addr_print(old, &text);
	len = strcspn(buf_str(&text), "/");
	for (size_t i = 0; i < w->plan->n_ifs; i++) {
		const struct net_address *a = &w->plan->ifs[i]->addr;
		auto_free char *ip = xstrndup(buf_str(&text), len);

		if (str_eq(a->ip, ip) ||
		    (net_address_fixed6(a) && str_starts(a->ipv6, ip) && a->ipv6[len] == '/'))
			return true;
	}
	return false;
}

void net_want_addrs(struct wanting *w)
{
	struct net_state *want = w->want;

	want->addrs = NULL;
	want->n_addrs = 0;
	for (size_t i = 0; i < w->now->n_addrs; i++) {
		const struct st_msg *old = &w->now->addrs[i];
		const struct net_if *dev = in_plan(w, old->index) ? heir(w, old->index) : NULL;
		struct st_msg moved = *old, *new;

		if (!net_state_index(want, old->index) || (!in_plan(w, old->index) && said_elsewhere(w, old)))
			continue;
		if (in_plan(w, old->index)) {
			bool own = dev && net_want_link(w, dev)->index == old->index;

			if (link_local(old) && (own || !joins(w, old->index)))
				own = true; /* one that the kernel made behind an earlier change stays */
			else if (link_local(old) || !dev || !is_lease(&dev->addr, old))
				continue;
			if (!own) {
				moved.index = net_want_link(w, dev)->index;
				moved.raw = copy_with_index(w->a, old, moved.index, false);
			}
		}
		new = arena_push(w->a, &want->addrs, &want->n_addrs, sizeof(*new));
		*new = moved;
	}
	for (size_t i = 0; i < w->plan->n_ifs; i++) {
		const struct net_address *addr = &w->plan->ifs[i]->addr;
		int index = net_want_link(w, w->plan->ifs[i])->index;
		auto_free char *ip4 = addr->proto == NET_STATIC && addr->ip
					      ? xasprintf("%s/%u", addr->ip, addr->prefix_len)
					      : NULL;

		if (ip4)
			push_addr(w, index, ip4);
		if (net_address_fixed6(addr))
			push_addr(w, index, addr->ipv6);
		for (size_t m = 0; m < addr->n_more; m++)
			push_addr(w, index, addr->more[m]);
	}
}

static bool is_default(const struct st_msg *route)
{
	return ((const struct rtmsg *)nlmsg_data(route->raw))->rtm_dst_len == 0;
}

static bool has_said_gateway(const struct wanting *w, int family)
{
	for (size_t i = 0; i < w->plan->n_ifs; i++) {
		const struct net_address *a = &w->plan->ifs[i]->addr;

		if (family == AF_INET6 ? a->ipv6gateway != NULL : a->gateway != NULL)
			return true;
	}
	return false;
}

/* The plan's devices have the plan's routes; what a lease brought moves with it. */
void net_want_routes(struct wanting *w)
{
	struct net_state *want = w->want;

	want->routes = NULL;
	want->n_routes = 0;
	for (size_t i = 0; i < w->now->n_routes; i++) {
		const struct st_msg *old = &w->now->routes[i];
		const struct net_if *dev = in_plan(w, old->index) ? heir(w, old->index) : NULL;
		struct st_msg moved = *old, *new;

		if (!net_state_index(want, old->index))
			continue;
		if (is_default(old) && has_said_gateway(w, old->family))
			continue;
		if (in_plan(w, old->index)) {
			if (!dev || !is_lease(&dev->addr, old) ||
			    (is_default(old) && dev->addr.no_default_route))
				continue;
			moved.index = net_want_link(w, dev)->index;
			moved.raw = copy_with_index(w->a, old, moved.index, true);
		}
		new = arena_push(w->a, &want->routes, &want->n_routes, sizeof(*new));
		*new = moved;
	}
	for (size_t i = 0; i < w->plan->n_ifs; i++) {
		const struct net_address *a = &w->plan->ifs[i]->addr;
		int index = net_want_link(w, w->plan->ifs[i])->index;

		if (a->gateway)
			push_route(w, index, "default", a->gateway, 0, false);
		if (a->ipv6gateway)
			push_route(w, index, "default", a->ipv6gateway, 0, true);
		for (size_t r = 0; r < a->n_routes; r++)
			push_route(w, index, a->routes[r].to, a->routes[r].via, a->routes[r].metric,
				   a->routes[r].ipv6);
	}
}
