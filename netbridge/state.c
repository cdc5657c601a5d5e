/* The kernel's links, addresses and routes, by rtnetlink dumps. */
#include "netbridge/state.h"

#include <arpa/inet.h>
#include <linux/if_addr.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>

#include "base/file.h"
#include "base/util.h"
#include "netbridge/fallback.h"

#define LOWER_UP 0x10000 /* IFF_LOWER_UP of linux/if.h, which does not go with net/if.h */

struct reading {
	struct arena *a;
	struct net_state *state;
};

static void read_info(struct st_link *link, struct nlattr *info)
{
	struct nlattr *tb[IFLA_INFO_MAX + 1], *data[IFLA_BR_MAX + 1];

	if (nla_parse_nested(tb, IFLA_INFO_MAX, info, NULL) || !tb[IFLA_INFO_KIND])
		return;
	snprintf(link->kind, sizeof(link->kind), "%s", (const char *)nla_data(tb[IFLA_INFO_KIND]));
	if (!tb[IFLA_INFO_DATA])
		return;
	if (str_eq(link->kind, "vlan")) {
		struct nlattr *id =
			nla_find(nla_data(tb[IFLA_INFO_DATA]), nla_len(tb[IFLA_INFO_DATA]), IFLA_VLAN_ID);

		link->vlan_id = id ? nla_get_u16(id) : 0;
	}
	if (str_eq(link->kind, "bond")) {
		struct nlattr *mode =
			nla_find(nla_data(tb[IFLA_INFO_DATA]), nla_len(tb[IFLA_INFO_DATA]), IFLA_BOND_MODE);

		link->bond_mode = mode ? nla_get_u8(mode) : 0;
	}
	if (str_eq(link->kind, "bridge") && !nla_parse_nested(data, IFLA_BR_MAX, tb[IFLA_INFO_DATA], NULL) &&
	    data[IFLA_BR_STP_STATE])
		link->stp = nla_get_u32(data[IFLA_BR_STP_STATE]) != 0;
}

static void *keep(struct arena *a, const void *data, size_t len)
{
	return memcpy(arena_alloc(a, len ? len : 1), data, len);
}

static int take_link(struct nl_msg *msg, void *arg)
{
	struct reading *rd = arg;
	struct nlmsghdr *h = nlmsg_hdr(msg);
	struct ifinfomsg *ifi = nlmsg_data(h);
	struct nlattr *tb[IFLA_MAX + 1];
	struct st_link *link;
	char path[128];

	if (h->nlmsg_type != RTM_NEWLINK || nlmsg_parse(h, sizeof(*ifi), tb, IFLA_MAX, NULL) ||
	    !tb[IFLA_IFNAME])
		return NL_OK;
	link = arena_push(rd->a, &rd->state->links, &rd->state->n_links, sizeof(*link));
	link->index = ifi->ifi_index;
	link->up = ifi->ifi_flags & IFF_UP;
	link->carrier = ifi->ifi_flags & LOWER_UP;
	snprintf(link->name, sizeof(link->name), "%s", nla_get_string(tb[IFLA_IFNAME]));
	snprintf(path, sizeof(path), NET_FALLBACK_DIR "/25-xenith-fallback-%s.network", link->name);
	link->fallback = file_exists(path);
	link->mtu = tb[IFLA_MTU] ? nla_get_u32(tb[IFLA_MTU]) : 0;
	link->master = tb[IFLA_MASTER] ? (int)nla_get_u32(tb[IFLA_MASTER]) : 0;
	link->parent = tb[IFLA_LINK] ? (int)nla_get_u32(tb[IFLA_LINK]) : 0;
	if (tb[IFLA_ADDRESS] && nla_len(tb[IFLA_ADDRESS]) == 6) {
		const uint8_t *m = nla_data(tb[IFLA_ADDRESS]);

		snprintf(link->mac, sizeof(link->mac), "%02x:%02x:%02x:%02x:%02x:%02x", m[0], m[1], m[2],
			 m[3], m[4], m[5]);
	}
	if (tb[IFLA_LINKINFO]) {
		link->info_len = (size_t)nla_len(tb[IFLA_LINKINFO]);
		link->info = keep(rd->a, nla_data(tb[IFLA_LINKINFO]), link->info_len);
		read_info(link, tb[IFLA_LINKINFO]);
	}
	return NL_OK;
}

static int take_addr(struct nl_msg *msg, void *arg)
{
	struct reading *rd = arg;
	struct nlmsghdr *h = nlmsg_hdr(msg);
	struct ifaddrmsg *ifa = nlmsg_data(h);
	struct st_msg *addr;

	if (h->nlmsg_type != RTM_NEWADDR || (ifa->ifa_family != AF_INET && ifa->ifa_family != AF_INET6))
		return NL_OK;
	addr = arena_push(rd->a, &rd->state->addrs, &rd->state->n_addrs, sizeof(*addr));
	*addr = (struct st_msg){ (int)ifa->ifa_index, ifa->ifa_family, keep(rd->a, h, h->nlmsg_len) };
	return NL_OK;
}

static int take_route(struct nl_msg *msg, void *arg)
{
	struct reading *rd = arg;
	struct nlmsghdr *h = nlmsg_hdr(msg);
	struct rtmsg *rtm = nlmsg_data(h);
	struct nlattr *tb[RTA_MAX + 1];
	struct st_msg *route;

	if (h->nlmsg_type != RTM_NEWROUTE || rtm->rtm_type != RTN_UNICAST ||
	    rtm->rtm_protocol == RTPROT_KERNEL || rtm->rtm_table == RT_TABLE_LOCAL ||
	    (rtm->rtm_flags & RTM_F_CLONED) || (rtm->rtm_family != AF_INET && rtm->rtm_family != AF_INET6) ||
	    nlmsg_parse(h, sizeof(*rtm), tb, RTA_MAX, NULL) || !tb[RTA_OIF])
		return NL_OK;
	route = arena_push(rd->a, &rd->state->routes, &rd->state->n_routes, sizeof(*route));
	*route = (struct st_msg){ (int)nla_get_u32(tb[RTA_OIF]), rtm->rtm_family,
				  keep(rd->a, h, h->nlmsg_len) };
	return NL_OK;
}

static int take_neigh(struct nl_msg *msg, void *arg)
{
	struct reading *rd = arg;
	struct nlmsghdr *h = nlmsg_hdr(msg);
	struct ndmsg *nd = nlmsg_data(h);
	struct st_msg *neigh;

	if (h->nlmsg_type != RTM_NEWNEIGH || (nd->ndm_family != AF_INET && nd->ndm_family != AF_INET6) ||
	    !(nd->ndm_state & (NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE)) ||
	    nd->ndm_flags & NTF_PROXY)
		return NL_OK;
	neigh = arena_push(rd->a, &rd->state->neighs, &rd->state->n_neighs, sizeof(*neigh));
	*neigh = (struct st_msg){ nd->ndm_ifindex, nd->ndm_family, keep(rd->a, h, h->nlmsg_len) };
	return NL_OK;
}

/* What is read, each with the size of its request's header (rtnetlink(7)): the kernel logs every longer one.
 */
static const struct {
	int type;
	size_t header;
	int (*take)(struct nl_msg *msg, void *arg);
} dumps[] = {
	{ RTM_GETLINK, sizeof(struct ifinfomsg), take_link },
	{ RTM_GETADDR, sizeof(struct ifaddrmsg), take_addr },
	{ RTM_GETROUTE, sizeof(struct rtmsg), take_route },
	{ RTM_GETNEIGH, sizeof(struct ndmsg), take_neigh },
};

static int dump(struct nl_sock *sk, size_t i, struct reading *rd, struct err *err)
{
	/* Of every family: AF_UNSPEC is 0, and so is the rest of each header. */
	union {
		struct ifinfomsg link;
		struct ifaddrmsg addr;
		struct rtmsg route;
		struct ndmsg neigh;
	} all = { 0 };
	int r;

	nl_socket_modify_cb(sk, NL_CB_VALID, NL_CB_CUSTOM, dumps[i].take, rd);
	r = nl_send_simple(sk, dumps[i].type, NLM_F_DUMP, &all, dumps[i].header);
	if (r >= 0)
		r = nl_recvmsgs_default(sk);
	return r < 0 ? err_set(err, ERR_SYS, "cannot read the network's state: %s", nl_geterror(r)) : 0;
}

int net_state_read(struct arena *a, struct net_state *ret, struct err *err)
{
	struct net_state state = { 0 };
	struct reading rd = { a, &state };
	struct nl_sock *sk = nl_socket_alloc();
	int r = sk ? nl_connect(sk, NETLINK_ROUTE) : -1;

	if (r < 0)
		r = err_set(err, ERR_SYS, "cannot open a rtnetlink socket: %s", nl_geterror(r));
	for (size_t i = 0; !r && i < ARRAY_SIZE(dumps); i++)
		r = dump(sk, i, &rd, err);
	nl_socket_free(sk);
	if (!r)
		*ret = state;
	return r;
}

struct st_link *net_state_link(const struct net_state *state, const char *name)
{
	for (size_t i = 0; i < state->n_links; i++)
		if (str_eq(state->links[i].name, name))
			return &state->links[i];
	return NULL;
}

struct st_link *net_state_index(const struct net_state *state, int index)
{
	for (size_t i = 0; i < state->n_links; i++)
		if (state->links[i].index == index)
			return &state->links[i];
	return NULL;
}

/* IFA_LOCAL, or where there is none (IPv6) IFA_ADDRESS. */
static const struct nlattr *local_of(const struct st_msg *addr)
{
	struct nlattr *tb[IFA_MAX + 1];

	if (nlmsg_parse((struct nlmsghdr *)addr->raw, sizeof(struct ifaddrmsg), tb, IFA_MAX, NULL))
		return NULL;
	return tb[IFA_LOCAL] ? tb[IFA_LOCAL] : tb[IFA_ADDRESS];
}

bool net_state_same_addr(const struct st_msg *a, const struct st_msg *b)
{
	const struct ifaddrmsg *x = nlmsg_data(a->raw), *y = nlmsg_data(b->raw);
	const struct nlattr *p = local_of(a), *q = local_of(b);

	return a->index == b->index && a->family == b->family && x->ifa_prefixlen == y->ifa_prefixlen && p &&
	       q && nla_len(p) == nla_len(q) && !memcmp(nla_data(p), nla_data(q), (size_t)nla_len(p));
}

static bool same_attr(const struct nlattr *a, const struct nlattr *b)
{
	if (!a || !b)
		return !a && !b;
	return nla_len(a) == nla_len(b) && !memcmp(nla_data(a), nla_data(b), (size_t)nla_len(a));
}

static uint32_t metric_of(int family, struct nlattr *const *tb)
{
	uint32_t metric = tb[RTA_PRIORITY] ? nla_get_u32(tb[RTA_PRIORITY]) : 0;

	return !metric && family == AF_INET6 ? 1024 : metric; /* IP6_RT_PRIO_USER */
}

bool net_state_same_route(const struct st_msg *a, const struct st_msg *b)
{
	const struct rtmsg *x = nlmsg_data(a->raw), *y = nlmsg_data(b->raw);
	struct nlattr *p[RTA_MAX + 1], *q[RTA_MAX + 1];

	if (a->index != b->index || a->family != b->family || x->rtm_dst_len != y->rtm_dst_len ||
	    x->rtm_table != y->rtm_table || x->rtm_tos != y->rtm_tos)
		return false;
	if (nlmsg_parse((struct nlmsghdr *)a->raw, sizeof(*x), p, RTA_MAX, NULL) ||
	    nlmsg_parse((struct nlmsghdr *)b->raw, sizeof(*y), q, RTA_MAX, NULL))
		return false;
	return metric_of(a->family, p) == metric_of(b->family, q) && same_attr(p[RTA_DST], q[RTA_DST]) &&
	       same_attr(p[RTA_GATEWAY], q[RTA_GATEWAY]);
}

static void print_ip(int family, const struct nlattr *attr, struct buf *b)
{
	char text[INET6_ADDRSTRLEN] = "?";

	if (attr)
		inet_ntop(family, nla_data(attr), text, sizeof(text));
	buf_adds(b, text);
}

void net_state_addr_print(const struct st_msg *addr, struct buf *b)
{
	const struct ifaddrmsg *ifa = nlmsg_data(addr->raw);

	print_ip(addr->family, local_of(addr), b);
	buf_addf(b, "/%u", ifa->ifa_prefixlen);
}

void net_state_route_print(const struct net_state *state, const struct st_msg *route, struct buf *b)
{
	const struct rtmsg *rtm = nlmsg_data(route->raw);
	const struct st_link *link = net_state_index(state, route->index);
	struct nlattr *tb[RTA_MAX + 1];

	if (nlmsg_parse((struct nlmsghdr *)route->raw, sizeof(*rtm), tb, RTA_MAX, NULL))
		return;
	if (tb[RTA_DST]) {
		print_ip(route->family, tb[RTA_DST], b);
		buf_addf(b, "/%u", rtm->rtm_dst_len);
	} else {
		buf_adds(b, "default");
	}
	if (tb[RTA_GATEWAY]) {
		buf_adds(b, " via ");
		print_ip(route->family, tb[RTA_GATEWAY], b);
	}
	buf_addf(b, " dev %s", link ? link->name : "?");
}
