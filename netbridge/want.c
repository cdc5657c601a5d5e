/* What a plan makes of the links that are there. */
#include "netbridge/want.h"

#include "base/util.h"
#include "netbridge/fallback.h"
#include "netbridge/kind.h"
#include "netbridge/linkinfo.h"

#define FIRST_OWN_INDEX \
	20000 /* new links get indices that nobody else has: messages can name them beforehand */

static int free_index(const struct net_state *state)
{
	int max = FIRST_OWN_INDEX;

	for (size_t i = 0; i < state->n_links; i++)
		max = MAX(max, state->links[i].index);
	return max + 1;
}

/* The NIC as it is called now; in the installed system it may have another name. */
static struct st_link *nic_link(struct wanting *w, const struct net_if *dev)
{
	struct st_link *link = net_state_link(w->want, dev->nic->name);

	return link ? link : net_state_link(w->want, dev->name);
}

struct st_link *net_want_link(struct wanting *w, const struct net_if *dev)
{
	return dev->nic ? nic_link(w, dev) : net_state_link(w->want, dev->name);
}

static bool fits(struct wanting *w, const struct st_link *link, const struct net_if *dev)
{
	const struct st_link *parent = dev->n_lower ? net_want_link(w, dev->lower[0]) : NULL;

	if (!str_eq(link->kind, net_if_kernel_kind(dev)))
		return false;
	if (net_if_is_bond(dev)) /* another mode can't be set while it has legs */
		return link->bond_mode == net_linkinfo_bond_mode(dev);
	return !net_if_is_vlan(dev) ||
	       (link->vlan_id == dev->vlan_id && parent && link->parent == parent->index);
}

static void drop_link(struct net_state *s, struct st_link *link)
{
	size_t at = (size_t)(link - s->links);
	int index = link->index;

	memmove(link, link + 1, (--s->n_links - at) * sizeof(*link));
	for (size_t i = s->n_addrs; i-- > 0;)
		if (s->addrs[i].index == index)
			memmove(&s->addrs[i], &s->addrs[i + 1], (--s->n_addrs - i) * sizeof(*s->addrs));
	for (size_t i = s->n_routes; i-- > 0;)
		if (s->routes[i].index == index)
			memmove(&s->routes[i], &s->routes[i + 1], (--s->n_routes - i) * sizeof(*s->routes));
}

static int want_link(struct wanting *w, const struct net_if *dev, struct err *err)
{
	struct st_link *link = net_want_link(w, dev);
	bool replaced = false;

	if (!link && dev->nic)
		return err_set(err, ERR_NET_NIC_GONE, "%s (%s): there is no such NIC now", dev->name,
			       dev->mac);
	if (link && !dev->nic && !fits(w, link, dev)) {
		drop_link(w->want, link);
		link = NULL;
		replaced = true;
	}
	if (!link) {
		int index = free_index(w->want);

		link = arena_push(w->a, &w->want->links, &w->want->n_links, sizeof(*link));
		link->index = index;
		link->fresh = replaced;
		snprintf(link->name, sizeof(link->name), "%s", dev->name);
		snprintf(link->kind, sizeof(link->kind), "%s", net_if_kernel_kind(dev));
		link->vlan_id = dev->vlan_id;
		if (net_if_is_vlan(dev))
			link->parent = net_want_link(w, dev->lower[0])->index;
	}
	link = net_want_link(w, dev);
	link->dev = dev;
	link->stp = false;
	link->up = dev->onboot;
	if (dev->mtu)
		link->mtu = dev->mtu;
	if (dev->mac && (net_if_is_bridge(dev) || net_if_is_bond(dev)))
		snprintf(link->mac, sizeof(link->mac), "%s", dev->mac);
	return 0;
}

/* What a fallback has made goes with it; what it has put under a bridge leaves it. */
static void drop_fallbacks(struct wanting *w)
{
	for (size_t i = w->want->n_links; i-- > 0;) {
		struct st_link *link = &w->want->links[i];

		if (link->dev)
			continue;
		if (str_starts(link->name, NET_FALLBACK_VLAN))
			drop_link(w->want, link);
		else if (link->fallback)
			link->master = 0;
	}
}

static void want_masters(struct wanting *w)
{
	for (size_t i = 0; i < w->plan->n_ifs; i++) {
		const struct net_if *dev = w->plan->ifs[i];
		struct st_link *link = net_want_link(w, dev);

		link->master = dev->master ? net_want_link(w, dev->master)->index : 0;
	}
}

int net_state_want(const struct net_plan *plan, const struct net_state *now, struct arena *a,
		   struct net_state *ret, struct err *err)
{
	struct net_state want = { 0 };
	struct wanting w = { plan, now, &want, a };
	int r = 0;

	for (size_t i = 0; i < now->n_links; i++)
		*(struct st_link *)arena_push(a, &want.links, &want.n_links, sizeof(*want.links)) =
			now->links[i];
	for (size_t i = 0; i < plan->n_ifs && !r; i++)
		r = want_link(&w, plan->ifs[i], err);
	if (r)
		return r;
	drop_fallbacks(&w);
	want_masters(&w);
	net_want_addrs(&w);
	net_want_routes(&w);
	*ret = want;
	return 0;
}
