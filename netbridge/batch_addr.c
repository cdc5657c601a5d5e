/* The messages about neighbours, addresses and routes. */
#include <linux/if_addr.h>
#include <linux/neighbour.h>
#include <netlink/attr.h>

#include "base/util.h"
#include "netbridge/batch.h"

#define NEIGHS_MAX 256

static const struct st_msg *find(const struct st_msg *list, size_t n, const struct st_msg *what,
				 bool (*same)(const struct st_msg *, const struct st_msg *))
{
	for (size_t i = 0; i < n; i++)
		if (same(&list[i], what))
			return &list[i];
	return NULL;
}

static struct nl_msg *raw_msg(const struct st_msg *st, int type)
{
	struct nl_msg *msg = nlmsg_convert((struct nlmsghdr *)st->raw);

	if (!msg)
		abort();
	nlmsg_hdr(msg)->nlmsg_type = (uint16_t)type;
	nlmsg_hdr(msg)->nlmsg_pid = 0;
	/* What the kernel says of a route's state (no carrier at that moment, say) it refuses to be told. */
	if (type == RTM_NEWROUTE || type == RTM_DELROUTE)
		((struct rtmsg *)nlmsg_data(nlmsg_hdr(msg)))->rtm_flags &= RTNH_F_ONLINK;
	return msg;
}

static void del_addr(struct making *m, const struct st_msg *addr)
{
	auto_buf text = { 0 };

	/* Also of a link that goes: were it there behind the address's return elsewhere, the kernel would
	 * take routes with this source address away with it. */
	net_state_addr_print(addr, &text);
	net_batch_add(m, raw_msg(addr, RTM_DELADDR), 0, true, "take %s from %s", buf_str(&text),
		      net_batch_name(m, addr->index));
}

/* IPv6 without duplicate address detection: the session goes on at once, and the address was ours before. */
static void add_addr(struct making *m, const struct st_msg *addr)
{
	struct nl_msg *msg = nlmsg_alloc_simple(RTM_NEWADDR, 0);
	struct ifaddrmsg ifa = *(struct ifaddrmsg *)nlmsg_data(addr->raw);
	struct nlattr *attr;
	auto_buf text = { 0 };
	uint32_t flags = 0;
	int left;

	if (!msg)
		abort();
	nlmsg_append(msg, &ifa, sizeof(ifa), NLMSG_ALIGNTO);
	nlmsg_for_each_attr(attr, (struct nlmsghdr *)addr->raw, (int)sizeof(ifa), left)
	{
		if (nla_type(attr) == IFA_FLAGS)
			flags = nla_get_u32(attr) & (IFA_F_NOPREFIXROUTE | IFA_F_HOMEADDRESS);
		else if (nla_type(attr) != IFA_LABEL) /* which holds the old link's name */
			nla_put(msg, nla_type(attr), nla_len(attr), nla_data(attr));
	}
	if (addr->family == AF_INET6)
		flags |= IFA_F_NODAD;
	nla_put_u32(msg, IFA_FLAGS, flags);
	((struct ifaddrmsg *)nlmsg_data(nlmsg_hdr(msg)))->ifa_flags = (uint8_t)flags;
	net_state_addr_print(addr, &text);
	net_batch_add(m, msg, NLM_F_CREATE | NLM_F_REPLACE, false, "give %s to %s", buf_str(&text),
		      net_batch_name(m, addr->index));
}

/* The device that has the addresses of this one from now on; 0: it has its own. */
static int heir(const struct making *m, int index)
{
	const struct st_link *link = net_state_index(m->to, index);

	if (link) {
		while (link && link->master)
			link = net_state_index(m->to, link->master);
		return link && link->index != index ? link->index : 0;
	}
	for (size_t i = 0; i < m->to->n_links; i++) {
		const struct st_link *old = net_state_index(m->from, m->to->links[i].index);

		if (old && old->master == index && !m->to->links[i].master)
			return old->index;
	}
	return 0;
}

/* The new device knows the gateway's MAC: the first frame needs no ARP, whose loss would cost a second. */
void net_batch_neighs(struct making *m)
{
	for (size_t i = 0; i < m->from->n_neighs && i < NEIGHS_MAX; i++) {
		const struct st_msg *neigh = &m->from->neighs[i];
		int index = heir(m, neigh->index);
		struct nl_msg *msg = nlmsg_alloc_simple(RTM_NEWNEIGH, 0);
		struct nlattr *dst =
			nlmsg_find_attr((struct nlmsghdr *)neigh->raw, sizeof(struct ndmsg), NDA_DST);
		struct nlattr *mac =
			nlmsg_find_attr((struct nlmsghdr *)neigh->raw, sizeof(struct ndmsg), NDA_LLADDR);
		struct ndmsg nd = { .ndm_family = (uint8_t)neigh->family,
				    .ndm_ifindex = index,
				    .ndm_state = NUD_STALE };

		if (!msg)
			abort();
		if (!index || !dst || !mac || !m->batch->n_ops) {
			nlmsg_free(msg);
			continue;
		}
		nlmsg_append(msg, &nd, sizeof(nd), NLMSG_ALIGNTO);
		nla_put(msg, NDA_DST, nla_len(dst), nla_data(dst));
		nla_put(msg, NDA_LLADDR, nla_len(mac), nla_data(mac));
		net_batch_add(m, msg, NLM_F_CREATE | NLM_F_REPLACE, true, "let %s know a neighbour of %s",
			      net_batch_name(m, index), net_batch_name(m, neigh->index));
	}
}

void net_batch_addrs(struct making *m)
{
	const struct net_state *from = m->from, *to = m->to;

	for (size_t i = 0; i < from->n_addrs; i++)
		if (!find(to->addrs, to->n_addrs, &from->addrs[i], net_state_same_addr))
			del_addr(m, &from->addrs[i]);
	for (size_t i = 0; i < to->n_addrs; i++)
		if (!find(from->addrs, from->n_addrs, &to->addrs[i], net_state_same_addr))
			add_addr(m, &to->addrs[i]);
}

/* With an address or a link that goes, the kernel drops routes: those of touched links are said again. */
static bool touched(const struct making *m, const struct st_msg *route)
{
	const struct st_link *old = net_state_index(m->from, route->index),
			     *new = net_state_index(m->to, route->index);

	if (!old || !new || old->master != new->master || old->up != new->up)
		return true;
	for (size_t i = 0; i < m->from->n_addrs; i++)
		if (m->from->addrs[i].index == route->index &&
		    !find(m->to->addrs, m->to->n_addrs, &m->from->addrs[i], net_state_same_addr))
			return true;
	return false;
}

void net_batch_routes(struct making *m)
{
	const struct net_state *from = m->from, *to = m->to;

	for (size_t i = 0; i < from->n_routes; i++) {
		auto_buf text = { 0 };

		if (find(to->routes, to->n_routes, &from->routes[i], net_state_same_route) ||
		    !net_state_index(to, from->routes[i].index))
			continue;
		net_state_route_print(from, &from->routes[i], &text);
		net_batch_add(m, raw_msg(&from->routes[i], RTM_DELROUTE), 0, true, "remove route %s",
			      buf_str(&text));
	}
	for (size_t i = 0; i < to->n_routes; i++) {
		const struct st_msg *route = &to->routes[i];
		auto_buf text = { 0 };

		if (find(from->routes, from->n_routes, route, net_state_same_route) && !touched(m, route))
			continue;
		net_state_route_print(to, route, &text);
		net_batch_add(m, raw_msg(route, RTM_NEWROUTE), NLM_F_CREATE | NLM_F_REPLACE, false,
			      "route %s", buf_str(&text));
	}
}
