/* The network plan, from the machine's NICs and the kickstart file's network lines. */
#include "base/util.h"
#include "netbridge/kind.h"

/* In the order in which they are asked; nic takes whatever is left. */
const struct net_kind *const net_kinds[] = {
	&net_kind_bond, &net_kind_team, &net_kind_vlan, &net_kind_bridge, &net_kind_nic, NULL,
};

/* Options that would be lost without a word. */
static void check_line(struct net_make *m, const struct ks_network *line)
{
	if (line->dhcpclass)
		net_bad(m, ERR_INPUT, &line->at, "--dhcpclass", "not supported");
	if (line->essid || line->wepkey || line->wpakey)
		net_bad(m, ERR_INPUT, &line->at, "--essid", "a Xen host's bridges stand on wires");
	if (line->bindto && !str_eq(line->bindto, "mac"))
		net_bad(m, ERR_INPUT, &line->at, line->bindto,
			"--bindto is mac: NICs are always bound by address");
}

static const struct net_kind *kind_of(const struct ks_network *line)
{
	size_t i = 0;

	while (!net_kinds[i]->claims(line))
		i++;
	return net_kinds[i];
}

static void plan_hostname(struct net_make *m)
{
	const struct ks_network *first = NULL;

	for (size_t i = 0; i < m->ks->n_networks; i++) {
		const struct ks_network *line = &m->ks->networks[i];

		if (!line->hostname)
			continue;
		if (!net_hostname_ok(line->hostname))
			net_bad(m, ERR_INPUT, &line->at, line->hostname,
				"a host name has letters, digits and '-', in labels of at most 63, 64 in "
				"all");
		else if (first && !str_eq(first->hostname, line->hostname))
			net_bad(m, ERR_INPUT, &line->at, line->hostname,
				"the host is named %s already, on line %u", first->hostname, first->at.line);
		else
			first = line;
	}
	m->plan->hostname = first ? first->hostname : NULL;
}

/* Whether nothing carries it further: no bridge, no bond, no VLAN over it. */
static bool is_top(const struct net_plan *plan, const struct net_if *dev)
{
	for (size_t i = 0; i < plan->n_ifs; i++)
		for (size_t l = 0; l < plan->ifs[i]->n_lower; l++)
			if (plan->ifs[i]->lower[l] == dev)
				return false;
	return true;
}

struct net_if *net_plan_device(const struct net_plan *plan, const char *name)
{
	for (size_t i = 0; i < plan->n_ifs; i++)
		if (str_eq(plan->ifs[i]->name, name))
			return plan->ifs[i];
	return NULL;
}

const struct net_if *net_plan_find(const struct net_plan *plan, const char *name)
{
	return net_plan_device(plan, name);
}

/* In RHEL's way, without bridges: what has an address gets xenbr0 over it, what has none xenbr1, and from
 * xenbr2 on what is left. */
static void bridge_over(struct net_make *m, struct net_if *dev)
{
	struct net_address none = { 0 };
	const char *name = net_address_any(&dev->addr) ? "xenbr0" : "xenbr1";
	struct net_if *bridge;

	for (unsigned n = 2; net_plan_device(m->plan, name); n++)
		name = arena_printf(&m->plan->arena, "xenbr%u", n);
	bridge = arena_alloc(&m->plan->arena, sizeof(*bridge));
	*bridge = (struct net_if){ .kind = &net_kind_bridge,
				   .name = name,
				   .addr = dev->addr,
				   .onboot = dev->onboot,
				   .mtu = dev->mtu,
				   .at = dev->at,
				   .line = dev->line };
	dev->addr = none;
	dev->onboot = true;
	dev->mtu = 0;
	dev->line = NULL; /* what it says of addresses is the bridge's now */
	*(struct net_if **)arena_push(&m->plan->arena, &m->plan->ifs, &m->plan->n_ifs, sizeof(bridge)) =
		bridge;
	net_if_put_under(m, &dev->at, bridge, dev, dev->name);
}

static void bridges_over(struct net_make *m)
{
	size_t n = m->plan->n_ifs;

	for (size_t i = 0; i < n && !m->has_bridge; i++) {
		struct net_if *dev = m->plan->ifs[i];

		/* A device whose VLANs are used and that has no address itself is there for them alone. */
		if (is_top(m->plan, dev) || (!dev->master && net_address_any(&dev->addr)))
			bridge_over(m, dev);
	}
}

/* Without any network line, as Anaconda does: DHCP, on the NIC that has a link. */
static void plan_default(struct net_make *m)
{
	static const struct ks_network line = { .mtu = -1, .vlanid = -1 };
	const struct nic_facts *nic = net_nic_find(m->facts, "bootif");

	if (!nic)
		nic = net_nic_find(m->facts, "link");
	if (!nic)
		return;
	net_address_make(m, &line, &net_if_find(m, &line.at, nic->name)->addr);
}

static void stand(struct net_make *m, struct net_if *dev, struct net_if **order, size_t *n)
{
	if (dev->sorted)
		return;
	dev->sorted = true;
	for (size_t i = 0; i < dev->n_lower; i++)
		stand(m, dev->lower[i], order, n);
	order[(*n)++] = dev;
}

/* Each behind what it stands on; management's first, then by line. */
static void sort(struct net_make *m)
{
	struct net_plan *plan = m->plan;
	struct net_if **order = arena_alloc(&plan->arena, (plan->n_ifs + 1) * sizeof(struct net_if *));
	size_t n = 0;

	if (plan->manage)
		stand(m, net_plan_device(plan, plan->manage->name), order, &n);
	for (size_t i = 0; i < plan->n_ifs; i++)
		if (is_top(plan, plan->ifs[i]))
			stand(m, plan->ifs[i], order, &n);
	plan->ifs = order;
}

static void pin_macs(struct net_plan *plan)
{
	for (size_t i = 0; i < plan->n_ifs; i++) {
		struct net_if *dev = plan->ifs[i];

		for (size_t l = 0; l < dev->n_lower && !dev->mac; l++)
			dev->mac = dev->lower[l]->mac;
	}
}

static void settings(struct net_make *m)
{
	const struct ks_net *net = &m->ks->net;
	struct net_plan *plan = m->plan;

	plan->files = str_eq(net->files, "ifupdown") ? NET_FILES_IFUPDOWN : NET_FILES_NETWORKD;
}

/* "xenbr0 over xenbr0.5 over xenbr0"; only called where there is a loop. */
static bool loop_from(const struct net_if *dev, const struct net_if *start, size_t depth, struct buf *b)
{
	for (size_t i = 0; i < dev->n_lower && depth; i++) {
		size_t len = b->len;

		buf_addf(b, " over %s", dev->lower[i]->name);
		if (dev->lower[i] == start || loop_from(dev->lower[i], start, depth - 1, b))
			return true;
		b->len = len;
	}
	return false;
}

static bool check_loops(struct net_make *m)
{
	for (size_t i = 0; i < m->plan->n_ifs; i++) {
		const struct net_if *dev = m->plan->ifs[i];
		auto_buf b = { 0 };

		if (!loop_from(dev, dev, m->plan->n_ifs, &b))
			continue;
		net_bad(m, ERR_INPUT, &dev->at, dev->name, "stands on itself: %s%s", dev->name, buf_str(&b));
		return true;
	}
	return false;
}

static void finish(struct net_make *m)
{
	struct net_plan *plan = m->plan;

	plan_hostname(m);
	settings(m);
	if (!m->n_faults && !plan->n_ifs)
		plan_default(m);
	if (check_loops(m))
		return;
	bridges_over(m);
	net_address_more(m);
	plan->manage = net_manage_choose(plan);
	sort(m);
	pin_macs(plan);
	net_mtu_make(m);
	net_manage_guests(m);
	net_manage_check(m);
}

static void plan_lines(struct net_make *m)
{
	const struct ks *ks = m->ks;

	for (size_t i = 0; i < ks->n_networks; i++) {
		check_line(m, &ks->networks[i]);
		m->has_bridge = m->has_bridge || kind_of(&ks->networks[i]) == &net_kind_bridge;
		kind_of(&ks->networks[i])->plan(m, &ks->networks[i]);
	}
	for (size_t i = 0; i < m->plan->n_ifs; i++) {
		struct net_if *dev = m->plan->ifs[i];

		if (dev->line && dev->kind->attach)
			dev->kind->attach(m, dev->line, dev);
	}
	net_stack_check(m);
}

static int make(const struct facts *facts, const struct ks *ks, bool plain, struct net_plan *ret,
		struct err *err)
{
	struct net_plan plan = { 0 };
	struct net_make m = { .facts = facts, .ks = ks, .plan = &plan, .has_bridge = plain };
	auto_buf errors = { 0 };
	int r = 0;

	plan_lines(&m);
	finish(&m);
	if (m.n_faults) {
		net_faults_print(&m, &errors);
		if (m.bad_nic)
			net_faults_nics(facts, &errors);
		r = err_set(err, m.bad_input ? ERR_NET_LINE : ERR_NET_NO_NIC, "%s", buf_str(&errors));
		net_plan_clear(&plan);
	} else {
		*ret = plan;
	}
	return r;
}

int net_plan_make(const struct facts *facts, const struct ks *ks, struct net_plan *ret, struct err *err)
{
	return make(facts, ks, false, ret, err);
}

int net_plan_make_plain(const struct facts *facts, const struct ks *ks, struct net_plan *ret, struct err *err)
{
	return make(facts, ks, true, ret, err);
}

void net_plan_clear(struct net_plan *plan)
{
	if (!plan)
		return;
	arena_clear(&plan->arena);
	*plan = (struct net_plan){ 0 };
}
