#include "netbridge/fallback.h"

#include "base/util.h"
#include "netbridge/kind.h"

/* A copy of a plan whose devices may be changed. */
struct changing {
	const struct net_plan *old;
	struct net_plan *plan;
};

/* The only VLAN between dev and its NICs; 0: none. false: several, one in another. */
static bool tag_of(const struct net_if *dev, unsigned *ret)
{
	*ret = 0;
	for (; dev; dev = dev->n_lower ? dev->lower[0] : NULL) {
		if (!net_if_is_vlan(dev))
			continue;
		if (*ret)
			return false;
		*ret = dev->vlan_id;
	}
	return true;
}

/* What the management's bridge (or address) would stand on: the plan has just this. */
static bool is_planned(const struct net_plan *plan, const struct nic_facts *nic, unsigned vlan)
{
	const struct net_if *dev = plan->manage;

	if (net_if_is_bridge(dev)) {
		if (dev->n_lower != 1)
			return false;
		dev = dev->lower[0];
	}
	if (vlan) {
		if (!net_if_is_vlan(dev) || dev->vlan_id != vlan)
			return false;
		dev = dev->lower[0];
	}
	return dev->nic == nic;
}

static void push_way(const struct net_plan *plan, struct arena *a, struct net_ways *ways,
		     const struct nic_facts *nic, unsigned vlan)
{
	if (!is_planned(plan, nic, vlan))
		*(struct net_way *)arena_push(a, &ways->v, &ways->n, sizeof(*ways->v)) =
			(struct net_way){ .nic = nic, .vlan = vlan };
}

struct legs {
	const struct nic_facts **v;
	size_t n;
	struct arena *a;
};

static void push_leg(void *arg, const struct net_if *nic)
{
	struct legs *legs = arg;

	*(const struct nic_facts **)arena_push(legs->a, &legs->v, &legs->n, sizeof(*legs->v)) = nic->nic;
}

/* In a dom0, netfront is what its own device model has made (qemu without -net none). */
static bool not_spare(const struct net_plan *plan, const struct nic_facts *nic)
{
	if (str_eq(nic->driver, "xen-netfront"))
		return true;
	for (size_t i = 0; i < plan->n_ifs; i++)
		if (plan->ifs[i]->nic == nic)
			return true;
	return false;
}

void net_fallback_ways(const struct net_plan *plan, const struct facts *facts, struct arena *a,
		       struct net_ways *ret)
{
	const struct net_if *dev = plan->manage;
	struct net_ways ways = { 0 };
	struct legs legs = { .a = a };
	unsigned tag;
	bool one_tag;

	*ret = ways;
	if (!dev || net_asked_of(&dev->addr) == NET_ASKED_NOTHING)
		return;
	one_tag = tag_of(dev, &tag);
	net_if_each_nic(dev, push_leg, &legs);
	for (size_t i = 0; i < legs.n && one_tag && tag; i++)
		push_way(plan, a, &ways, legs.v[i], tag);
	for (size_t i = 0; i < legs.n; i++)
		push_way(plan, a, &ways, legs.v[i], 0);
	for (size_t i = 0; i < facts->n_nics; i++) {
		const struct nic_facts *nic = &facts->nics[i];

		if (not_spare(plan, nic))
			continue;
		push_way(plan, a, &ways, nic, 0);
		if (one_tag && tag)
			push_way(plan, a, &ways, nic, tag);
	}
	*ret = ways;
}

int net_fallback_way(const struct facts *facts, const char *word, struct net_way *ret, struct err *err)
{
	const char *dot = strrchr(word, '.');
	auto_free char *front = dot ? xstrndup(word, (size_t)(dot - word)) : NULL;
	struct net_way way = { .nic = net_nic_find(facts, word) };
	uint64_t vlan = 0;

	if (!way.nic && dot && str_u64(dot + 1, &vlan) && vlan >= 1 && vlan <= 4094) {
		way.nic = net_nic_find(facts, front);
		way.vlan = (unsigned)vlan;
	}
	if (!way.nic)
		return err_set(err, ERR_USAGE, "%s: wants a NIC of this machine, or NIC.VLAN", word);
	*ret = way;
	return 0;
}

void net_way_print(const struct net_way *way, struct buf *b)
{
	buf_addf(b, way->vlan ? "%s, VLAN %u" : "%s, untagged", way->nic->name, way->vlan);
}

static struct net_if *copy_of(const struct changing *c, const struct net_if *old)
{
	for (size_t i = 0; old && i < c->old->n_ifs; i++)
		if (c->old->ifs[i] == old)
			return c->plan->ifs[i];
	return NULL;
}

static void copy_devices(struct changing *c)
{
	struct arena *a = &c->plan->arena;

	c->plan->ifs = NULL;
	c->plan->n_ifs = 0;
	for (size_t i = 0; i < c->old->n_ifs; i++) {
		struct net_if *dev = arena_alloc(a, sizeof(*dev));

		*dev = *c->old->ifs[i];
		*(struct net_if **)arena_push(a, &c->plan->ifs, &c->plan->n_ifs, sizeof(dev)) = dev;
	}
	for (size_t i = 0; i < c->old->n_ifs; i++) {
		struct net_if *dev = c->plan->ifs[i];

		dev->master = copy_of(c, dev->master);
		dev->lower = arena_alloc(a, (dev->n_lower + 1) * sizeof(struct net_if *));
		for (size_t l = 0; l < dev->n_lower; l++)
			dev->lower[l] = copy_of(c, c->old->ifs[i]->lower[l]);
	}
	c->plan->manage = copy_of(c, c->old->manage);
}

/* In front: all others may stand on it. */
static struct net_if *add_front(struct changing *c, const struct net_if *dev, size_t at)
{
	struct arena *a = &c->plan->arena;
	struct net_if *new = arena_alloc(a, sizeof(*new));

	*new = *dev;
	arena_push(a, &c->plan->ifs, &c->plan->n_ifs, sizeof(struct net_if *));
	memmove(&c->plan->ifs[at + 1], &c->plan->ifs[at],
		(c->plan->n_ifs - 1 - at) * sizeof(struct net_if *));
	c->plan->ifs[at] = new;
	return new;
}

static void leave_master(struct net_if *dev)
{
	struct net_if *master = dev->master;

	for (size_t i = 0; master && i < master->n_lower; i++)
		if (master->lower[i] == dev)
			memmove(&master->lower[i], &master->lower[i + 1],
				(--master->n_lower - i) * sizeof(struct net_if *));
	dev->master = NULL;
}

static struct net_if *nic_of(struct changing *c, const struct nic_facts *nic)
{
	struct net_if new = { .kind = &net_kind_nic, .nic = nic, .mac = nic->mac, .onboot = true };

	for (size_t i = 0; i < c->plan->n_ifs; i++)
		if (c->plan->ifs[i]->nic == nic)
			return c->plan->ifs[i];
	new.name = net_nic_target_name(&c->plan->arena, &(struct facts){ 0 }, nic);
	return add_front(c, &new, 0);
}

/* Its name says where it comes from; the next change of the network removes it. */
static struct net_if *vlan_of(struct changing *c, struct net_if *nic, unsigned id)
{
	struct net_if new = { .kind = &net_kind_vlan, .vlan_id = id, .mac = nic->mac, .onboot = true };
	size_t at = 0;

	for (size_t i = 0; i < c->plan->n_ifs; i++)
		if (net_if_is_vlan(c->plan->ifs[i]) && c->plan->ifs[i]->vlan_id == id &&
		    c->plan->ifs[i]->lower[0] == nic)
			return c->plan->ifs[i];
	while (c->plan->ifs[at] != nic)
		at++;
	new.name = arena_printf(&c->plan->arena, NET_FALLBACK_VLAN "%u", id);
	new.lower = arena_alloc(&c->plan->arena, sizeof(struct net_if *));
	new.lower[0] = nic;
	new.n_lower = 1;
	return add_front(c, &new, at + 1);
}

/* The bridge keeps its name, address and MAC, and gets another port. */
static void put_bridge_over(struct changing *c, struct net_if *bridge, struct net_if *top)
{
	while (bridge->n_lower)
		leave_master(bridge->lower[0]);
	bridge->lower = arena_alloc(&c->plan->arena, sizeof(struct net_if *));
	bridge->lower[0] = top;
	bridge->n_lower = 1;
	bridge->vlan_aware = false;
	top->master = bridge;
}

int net_fallback_plan(const struct net_plan *plan, const struct net_way *way, struct net_plan *ret,
		      struct err *err)
{
	struct net_plan new = *plan;
	struct changing c = { plan, &new };
	struct net_if *manage, *nic, *top;
	const struct net_address none = { 0 };

	if (!plan->manage)
		return err_set(err, ERR_NET_LINE,
			       "no device has an address of the host: nothing can fall back");
	new.arena = (struct arena){ 0 };
	copy_devices(&c);
	manage = copy_of(&c, plan->manage);
	nic = nic_of(&c, way->nic);
	leave_master(nic);
	nic->onboot = true;
	nic->addr = none;
	top = way->vlan ? vlan_of(&c, nic, way->vlan) : nic;
	leave_master(top);
	if (net_if_is_bridge(manage)) {
		put_bridge_over(&c, manage, top);
	} else if (top != manage) {
		top->addr = manage->addr;
		manage->addr = none;
		new.manage = top;
	} else {
		top->addr = plan->manage->addr;
	}
	*ret = new;
	return 0;
}

/* "/etc/systemd/network/30-xenbr0.network" -> "/run/systemd/network/25-xenith-fallback-xenbr0.network" */
static char *run_name(const char *name)
{
	const char *file = strrchr(name, '/') + 1;

	return xasprintf(NET_FALLBACK_DIR "/%s-xenith-fallback-%s", str_ends(file, ".netdev") ? "15" : "25",
			 strchr(file, '-') + 1);
}

static bool has_unit(const struct net_units *units, const struct net_unit *unit)
{
	for (size_t i = 0; i < units->n; i++)
		if (str_eq(units->v[i].name, unit->name))
			return str_eq(buf_str(&units->v[i].text), buf_str(&unit->text));
	return false;
}

void net_fallback_units(const struct net_plan *plan, const struct net_plan *fallback, struct net_units *ret)
{
	struct net_units old = { 0 }, new = { 0 };

	net_networkd_units(plan, &old);
	net_networkd_units(fallback, &new);
	for (size_t i = 0; i < new.n; i++) {
		auto_free char *name = run_name(new.v[i].name);

		if (!str_ends(name, ".link") && !has_unit(&old, &new.v[i]))
			buf_adds(net_unit_add(ret, "%s", name), buf_str(&new.v[i].text));
	}
	net_units_clear(&old);
	net_units_clear(&new);
}
