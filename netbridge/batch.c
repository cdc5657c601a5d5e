/* From one state of the network to another: all messages prepared, in their order; the links here. */
#include "netbridge/batch.h"

#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <netlink/attr.h>

#include "base/util.h"
#include "netbridge/kind.h"
#include "netbridge/linkinfo.h"

void net_batch_add(struct making *m, struct nl_msg *msg, int flags, bool may_fail, const char *fmt, ...)
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

	if (net_mac_parse(mac, m))
		nla_put(msg, IFLA_ADDRESS, sizeof(m), m);
}

const char *net_batch_name(const struct making *m, int index)
{
	const struct st_link *link = net_state_index(m->to, index);

	if (!link)
		link = net_state_index(m->from, index);
	return link ? link->name : "?";
}

static void set_up(struct making *m, const struct st_link *link, bool up)
{
	net_batch_add(m, link_msg(RTM_NEWLINK, link->index, up ? IFF_UP : 0, IFF_UP), 0, false, "set %s %s",
		      link->name, up ? "up" : "down");
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
	net_batch_add(m, msg, NLM_F_CREATE | NLM_F_EXCL, false, "make %s %s", link->kind, link->name);
	net_linkinfo_put_self_vlans(m->to, link, m->batch);
	if (without_ipv6(link)) { /* a kernel without IPv6 refuses, and is right */
		msg = link_msg(RTM_SETLINK, link->index, 0, 0);
		net_linkinfo_put_no_ipv6(msg);
		net_batch_add(m, msg, 0, true, "keep IPv6 off %s", link->name);
	}
	if (link->up && str_eq(link->kind, "bridge"))
		set_up(m, link, true);
}

static void remove_link(struct making *m, const struct st_link *link)
{
	net_batch_add(m, link_msg(RTM_DELLINK, link->index, 0, 0), 0, true, "remove %s %s", link->kind,
		      link->name);
}

static bool is_kind(const struct net_state *s, int index, const char *kind)
{
	const struct st_link *link = index ? net_state_index(s, index) : NULL;

	return link && str_eq(link->kind, kind);
}

/* Which the kernel allows while it is down only; set_master sets it up behind that. */
static bool joins_bond(const struct making *m, const struct st_link *old, const struct st_link *new)
{
	return old->master != new->master &&is_kind(m->to, new->master, "bond");
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
		net_batch_add(m, msg, 0, false, "put %s under %s", new->name, net_batch_name(m, new->master));
	else
		net_batch_add(m, msg, 0, true, "take %s out of %s", new->name,
			      net_batch_name(m, old->master));
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
		net_batch_add(m, msg, 0, false, "give %s MTU %u", new->name, new->mtu);
	}
	if (str_eq(new->kind, "bridge") && !str_eq(old->mac, new->mac)) {
		struct nl_msg *msg = link_msg(RTM_NEWLINK, new->index, 0, 0);

		put_mac(msg, new->mac);
		net_batch_add(m, msg, 0, false, "pin the MAC of %s to %s", new->name, new->mac);
	}
	if (old->stp != new->stp) {
		struct nl_msg *msg = link_msg(RTM_NEWLINK, new->index, 0, 0);

		net_linkinfo_put_stp(msg, new->stp);
		net_batch_add(m, msg, 0, false, "switch STP %s on %s", new->stp ? "on" : "off", new->name);
	}
	if (new->up != old->up && !(new->up &&joins_bond(m, old, new)))
		set_up(m, new, new->up);
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
	net_batch_neighs(&m);
	net_batch_addrs(&m);
	net_batch_routes(&m);
	for (size_t i = from->n_links; i-- > 0;)
		if (!net_state_index(to, from->links[i].index) && !net_state_link(to, from->links[i].name))
			remove_link(&m, &from->links[i]);
	*ret = batch;
}
