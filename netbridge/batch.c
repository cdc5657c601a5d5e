/* From one state of the network to another: all messages prepared, sent at once, every answer read. */
#include <errno.h>
#include <linux/if_addr.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "base/util.h"
#include "netbridge/linkinfo.h"
#include "netbridge/state.h"

#define ANSWER_WAIT_S 20
#define NEIGHS_MAX    256

struct making {
	const struct net_state *from, *to;
	struct net_batch *batch;
};

static void add(struct making *m, struct nl_msg *msg, int flags, bool may_fail, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));

static void add(struct making *m, struct nl_msg *msg, int flags, bool may_fail, const char *fmt, ...)
{
	struct arena *a = &m->batch->arena;
	struct nlmsghdr *h = nlmsg_hdr(msg);
	struct st_op *op = arena_push(a, &m->batch->ops, &m->batch->n_ops, sizeof(*op));
	auto_buf what = { 0 };
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(&what, fmt, ap);
	va_end(ap);
	h->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | NLM_F_ACK | flags);
	*op = (struct st_op){ memcpy(arena_alloc(a, h->nlmsg_len), h, h->nlmsg_len),
			      arena_strdup(a, buf_str(&what)), may_fail };
	nlmsg_free(msg);
}

static struct nl_msg *link_msg(int type, int index, unsigned flags, unsigned change)
{
	struct ifinfomsg ifi = {
		.ifi_family = AF_UNSPEC, .ifi_index = index, .ifi_flags = flags, .ifi_change = change
	};
	struct nl_msg *msg = nlmsg_alloc_simple(type, 0);

	if (!msg)
		abort();
	nlmsg_append(msg, &ifi, sizeof(ifi), NLMSG_ALIGNTO);
	return msg;
}

static void put_mac(struct nl_msg *msg, const char *mac)
{
	unsigned char m[6];

	if (sscanf(mac, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", &m[0], &m[1], &m[2], &m[3], &m[4], &m[5]) == 6)
		nla_put(msg, IFLA_ADDRESS, sizeof(m), m);
}

static const char *name_of(const struct making *m, int index)
{
	const struct st_link *link = net_state_index(m->to, index);

	if (!link)
		link = net_state_index(m->from, index);
	return link ? link->name : "?";
}

static void set_up(struct making *m, const struct st_link *link, bool up)
{
	add(m, link_msg(RTM_NEWLINK, link->index, up ? IFF_UP : 0, IFF_UP), 0, false, "set %s %s", link->name,
	    up ? "up" : "down");
}

static bool without_ipv6(const struct st_link *link)
{
	return link->dev && !link->dev->addr.ipv6 && !link->dev->addr.n_more;
}

/* Made down; bonds and VLANs come up once there is something below them. */
static void create(struct making *m, const struct st_link *link)
{
	struct nl_msg *msg = link_msg(RTM_NEWLINK, link->index, 0, 0);

	nla_put_string(msg, IFLA_IFNAME, link->name);
	if (link->mac[0] && !str_eq(link->kind, "vlan"))
		put_mac(msg, link->mac);
	if (link->mtu)
		nla_put_u32(msg, IFLA_MTU, link->mtu);
	if (link->parent)
		nla_put_u32(msg, IFLA_LINK, (uint32_t)link->parent);
	net_linkinfo_put(msg, link);
	add(m, msg, NLM_F_CREATE | NLM_F_EXCL, false, "make %s %s", link->kind, link->name);
	net_linkinfo_put_self_vlans(m->to, link, m->batch);
	if (without_ipv6(link)) { /* a kernel without IPv6 refuses, and is right */
		msg = link_msg(RTM_SETLINK, link->index, 0, 0);
		net_linkinfo_put_no_ipv6(msg);
		add(m, msg, 0, true, "keep IPv6 off %s", link->name);
	}
	if (link->up && str_eq(link->kind, "bridge"))
		set_up(m, link, true);
}

static void remove_link(struct making *m, const struct st_link *link)
{
	add(m, link_msg(RTM_DELLINK, link->index, 0, 0), 0, true, "remove %s %s", link->kind, link->name);
}

static bool is_kind(const struct net_state *s, int index, const char *kind)
{
	const struct st_link *link = index ? net_state_index(s, index) : NULL;

	return link && str_eq(link->kind, kind);
}

static void set_master(struct making *m, const struct st_link *old, const struct st_link *new)
{
	bool leg = is_kind(m->to, new->master, "bond"),
	     was_leg = old && is_kind(m->from, old->master, "bond");
	struct nl_msg *msg;

	if (leg && old && old->up) /* the kernel takes legs that are down only */
		set_up(m, new, false);
	msg = link_msg(RTM_NEWLINK, new->index, 0, 0);
	nla_put_u32(msg, IFLA_MASTER, (uint32_t) new->master);
	if (new->master)
		add(m, msg, 0, false, "put %s under %s", new->name, name_of(m, new->master));
	else
		add(m, msg, 0, true, "take %s out of %s", new->name, name_of(m, old->master));
	if (new->up && (leg || was_leg))
		set_up(m, new, true);
	net_linkinfo_put_port_vlans(m->to, new, m->batch);
}

/* Names and addresses of NICs are not touched; a bridge's MAC is pinned. */
static void change(struct making *m, const struct st_link *old, const struct st_link *new)
{
	if (new->mtu &&new->mtu != old->mtu) {
		struct nl_msg *msg = link_msg(RTM_NEWLINK, new->index, 0, 0);

		nla_put_u32(msg, IFLA_MTU, new->mtu);
		add(m, msg, 0, false, "give %s MTU %u", new->name, new->mtu);
	}
	if (str_eq(new->kind, "bridge") && !str_eq(old->mac, new->mac)) {
		struct nl_msg *msg = link_msg(RTM_NEWLINK, new->index, 0, 0);

		put_mac(msg, new->mac);
		add(m, msg, 0, false, "pin the MAC of %s to %s", new->name, new->mac);
	}
	if (old->stp != new->stp) {
		struct nl_msg *msg = link_msg(RTM_NEWLINK, new->index, 0, 0);

		net_linkinfo_put_stp(msg, new->stp);
		add(m, msg, 0, false, "switch STP %s on %s", new->stp ? "on" : "off", new->name);
	}
	if (new->up != old->up)
		set_up(m, new, new->up);
}

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
	add(m, raw_msg(addr, RTM_DELADDR), 0, true, "take %s from %s", buf_str(&text),
	    name_of(m, addr->index));
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
	add(m, msg, NLM_F_CREATE | NLM_F_REPLACE, false, "give %s to %s", buf_str(&text),
	    name_of(m, addr->index));
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
static void move_neighs(struct making *m)
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
		add(m, msg, NLM_F_CREATE | NLM_F_REPLACE, true, "let %s know a neighbour of %s",
		    name_of(m, index), name_of(m, neigh->index));
	}
}

static void move_addrs(struct making *m)
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

static void move_routes(struct making *m)
{
	const struct net_state *from = m->from, *to = m->to;

	for (size_t i = 0; i < from->n_routes; i++) {
		auto_buf text = { 0 };

		if (find(to->routes, to->n_routes, &from->routes[i], net_state_same_route) ||
		    !net_state_index(to, from->routes[i].index))
			continue;
		net_state_route_print(from, &from->routes[i], &text);
		add(m, raw_msg(&from->routes[i], RTM_DELROUTE), 0, true, "remove route %s", buf_str(&text));
	}
	for (size_t i = 0; i < to->n_routes; i++) {
		const struct st_msg *route = &to->routes[i];
		auto_buf text = { 0 };

		if (find(from->routes, from->n_routes, route, net_state_same_route) && !touched(m, route))
			continue;
		net_state_route_print(to, route, &text);
		add(m, raw_msg(route, RTM_NEWROUTE), NLM_F_CREATE | NLM_F_REPLACE, false, "route %s",
		    buf_str(&text));
	}
}

static const struct st_link *old_of(const struct making *m, const struct st_link *new)
{
	return net_state_index(m->from, new->index);
}

void net_batch_make(const struct net_state *from, const struct net_state *to, struct net_batch *ret)
{
	struct net_batch batch = { 0 };
	struct making m = { from, to, &batch };

	for (size_t i = from->n_links; i-- > 0;) /* of the same name as another one to come */
		if (!net_state_index(to, from->links[i].index) && net_state_link(to, from->links[i].name))
			remove_link(&m, &from->links[i]);
	for (size_t i = 0; i < to->n_links; i++)
		if (!old_of(&m, &to->links[i]))
			create(&m, &to->links[i]);
	for (size_t i = 0; i < to->n_links; i++)
		if (old_of(&m, &to->links[i]))
			change(&m, old_of(&m, &to->links[i]), &to->links[i]);
	for (size_t i = 0; i < to->n_links; i++) {
		const struct st_link *old = old_of(&m, &to->links[i]);

		if (old ? old->master != to->links[i].master : to->links[i].master != 0)
			set_master(&m, old, &to->links[i]);
	}
	for (size_t i = 0; i < to->n_links; i++) /* bonds once they have legs, then the VLANs on them */
		if (!old_of(&m, &to->links[i]) && to->links[i].up &&
		    (str_eq(to->links[i].kind, "bond") || str_eq(to->links[i].kind, "vlan")))
			set_up(&m, &to->links[i], true);
	move_neighs(&m);
	move_addrs(&m);
	move_routes(&m);
	for (size_t i = from->n_links; i-- > 0;)
		if (!net_state_index(to, from->links[i].index) && !net_state_link(to, from->links[i].name))
			remove_link(&m, &from->links[i]);
	*ret = batch;
}

void net_batch_print(const struct net_batch *batch, struct buf *b)
{
	for (size_t i = 0; i < batch->n_ops; i++)
		buf_addf(b, "network: %s\n", batch->ops[i].what);
}

void net_batch_clear(struct net_batch *batch)
{
	arena_clear(&batch->arena);
	*batch = (struct net_batch){ 0 };
}

static int open_socket(struct err *err)
{
	struct sockaddr_nl local = { .nl_family = AF_NETLINK };
	struct timeval wait = { .tv_sec = ANSWER_WAIT_S };
	int size = 1 << 20;
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

	if (fd < 0 || bind(fd, (struct sockaddr *)&local, sizeof(local)))
		return err_sys(err, "cannot open a rtnetlink socket");
	setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size));
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	return fd;
}

/* Every message's answer carries its number. */
static int read_answers(int fd, const struct net_batch *batch, struct log *log, struct err *err)
{
	auto_free char *room = xmalloc(65536);
	size_t left = batch->n_ops;
	int r = 0;

	while (left) {
		ssize_t n = recv(fd, room, 65536, 0);
		int len = (int)n;

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(err, "the kernel did not answer a rtnetlink message");
		for (struct nlmsghdr *h = (void *)room; nlmsg_ok(h, len); h = nlmsg_next(h, &len)) {
			const struct nlmsgerr *e = nlmsg_data(h);
			const struct st_op *op =
				h->nlmsg_seq < batch->n_ops ? &batch->ops[h->nlmsg_seq] : NULL;

			if (h->nlmsg_type != NLMSG_ERROR || !op || !left)
				continue;
			left--;
			log_printf(log, "%s%s%s", op->what, e->error ? ": " : "",
				   e->error ? strerror(-e->error) : "");
			if (e->error && !op->may_fail && !r)
				r = err_set(err, ERR_SYS, "cannot %s: %s", op->what, strerror(-e->error));
		}
	}
	return r;
}

int net_batch_send(const struct net_batch *batch, struct log *log, struct err *err)
{
	auto_close int fd = batch->n_ops ? open_socket(err) : -1;
	auto_buf all = { 0 };

	if (!batch->n_ops)
		return 0;
	if (fd < 0)
		return fd;
	for (size_t i = 0; i < batch->n_ops; i++) {
		struct nlmsghdr *h = batch->ops[i].msg;

		h->nlmsg_seq = (uint32_t)i;
		h->nlmsg_pid = 0;
		buf_add(&all, h, h->nlmsg_len);
		while (all.len % NLMSG_ALIGNTO)
			buf_addc(&all, '\0');
	}
	if (send(fd, all.data, all.len, 0) < 0)
		return err_sys(err, "cannot send %zu rtnetlink messages", batch->n_ops);
	return read_answers(fd, batch, log, err);
}
