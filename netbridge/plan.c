/* The network plan, from the machine's NICs and the kickstart file's network lines. */
#include "base/util.h"
#include "netbridge/kind.h"

#define MTU_MIN      68   /* RFC 791 */
#define MTU_MIN_IPV6 1280 /* RFC 8200 */
#define MTU_MAX      65535

/* In the order in which they are asked; nic takes whatever is left. */
const struct net_kind *const net_kinds[] = {
	&net_kind_bond, &net_kind_team, &net_kind_vlan, &net_kind_bridge, &net_kind_nic, NULL,
};

void net_bad(struct net_make *m, enum err_code code, const struct ks_at *at, const char *word,
	     const char *fmt, ...)
{
	va_list ap;

	if (code == ERR_MACHINE)
		m->bad_machine = true;
	else
		m->bad_input = true;
	if (m->errors.len)
		buf_addc(&m->errors, '\n');
	buf_addf(&m->errors, "%s:%u: %s: ", at->file ? at->file : "-", at->line, word);
	va_start(ap, fmt);
	buf_vaddf(&m->errors, fmt, ap);
	va_end(ap);
}

static bool is_yes(const char *onboot)
{
	return !onboot || (strcasecmp(onboot, "no") && strcasecmp(onboot, "off") &&
			   strcasecmp(onboot, "false") && strcmp(onboot, "0"));
}

static unsigned mtu_of(struct net_make *m, const struct ks_network *line, const struct net_address *addr)
{
	unsigned min = addr->ipv6 ? MTU_MIN_IPV6 : MTU_MIN;
	auto_free char *word = NULL;

	if (line->mtu <= 0)
		return 0;
	if (line->mtu >= min && line->mtu <= MTU_MAX)
		return (unsigned)line->mtu;
	word = xasprintf("--mtu=%lld", (long long)line->mtu);
	net_bad(m, ERR_INPUT, &line->at, word, "an MTU is %u to %u%s", min, MTU_MAX,
		addr->ipv6 ? " where there is IPv6" : "");
	return 0;
}

struct net_bridge *net_bridge_add(struct net_make *m, const struct ks_network *line, const char *name)
{
	struct net_plan *plan = m->plan;
	size_t n_lines = plan->n_bridges;
	struct net_bridge *bridge;
	const struct ks_network **slot;

	bridge = arena_push(&plan->arena, &plan->bridges, &plan->n_bridges, sizeof(*bridge));
	slot = xrealloc(m->lines, (n_lines + 1) * sizeof(*slot));
	slot[n_lines] = line;
	m->lines = slot;
	bridge->name = name;
	bridge->onboot = is_yes(line->onboot);
	net_address_make(m, line, &bridge->addr);
	bridge->mtu = mtu_of(m, line, &bridge->addr);
	return bridge;
}

static const char *bridge_says(const struct net_bridge *bridge, const struct ks_network *line)
{
	return bridge->name ? bridge->name : line->device ? line->device : "link";
}

void net_port_add(struct net_make *m, const struct ks_network *line, struct net_bridge *bridge,
		  const char *word)
{
	const struct nic_facts *nic = net_nic_find(m->facts, word);
	struct net_plan *plan = m->plan;
	const struct nic_facts **port;
	size_t n_names = bridge->n_ports;
	const char **name;

	if (!nic) {
		net_bad(m, ERR_MACHINE, &line->at, word, "%s",
			str_eq(word, "link") ? "no NIC has a link"
			: str_eq(word, "bootif")
				? "no NIC has the address that BOOTIF= on the kernel command line says"
				: "this machine has no such NIC");
		m->bad_nic = true;
		return;
	}
	for (size_t i = 0; i < plan->n_bridges; i++)
		for (size_t p = 0; p < plan->bridges[i].n_ports; p++)
			if (plan->bridges[i].ports[p] == nic) {
				net_bad(m, ERR_INPUT, &line->at, word,
					"NIC %s (%s) is under %s already, by line %u", nic->name, nic->mac,
					bridge_says(&plan->bridges[i], m->lines[i]), m->lines[i]->at.line);
				return;
			}
	port = arena_push(&plan->arena, &bridge->ports, &bridge->n_ports, sizeof(*port));
	*port = nic;
	name = arena_push(&plan->arena, &bridge->port_names, &n_names, sizeof(*name));
	*name = net_nic_target_name(&plan->arena, m->facts, nic);
	bridge->mac = bridge->ports[0]->mac;
}

static void list_nics(const struct facts *facts, struct buf *b)
{
	buf_adds(b, facts->n_nics ? "\nNICs of this machine:"
				  : "\nThis machine has no NIC that Linux knows a driver for.");
	for (size_t i = 0; i < facts->n_nics; i++) {
		const struct nic_facts *nic = &facts->nics[i];

		buf_addf(b, "\n  %s %s driver %s%s%s, %s", nic->name, nic->mac,
			 nic->driver ? nic->driver : "unknown", nic->pci ? ", PCI " : "",
			 nic->pci ? nic->pci : "", nic->carrier ? "link" : "no link");
	}
	facts_diagnose(facts, MISSING_NIC, "\n  missing: ", b);
}

/* Options that would be lost without a word. */
static void check_line(struct net_make *m, const struct ks_network *line)
{
	if (line->ethtool)
		net_bad(m, ERR_INPUT, &line->at, "--ethtool", "not yet supported");
	if (line->dhcpclass)
		net_bad(m, ERR_INPUT, &line->at, "--dhcpclass", "not yet supported");
	if (line->bindto && !str_eq(line->bindto, "mac"))
		net_bad(m, ERR_INPUT, &line->at, line->bindto,
			"--bindto is mac: NICs are always bound by address");
}

static void plan_line(struct net_make *m, const struct ks_network *line)
{
	check_line(m, line);
	for (size_t i = 0; net_kinds[i]; i++)
		if (net_kinds[i]->claims(line)) {
			net_kinds[i]->plan(m, line);
			return;
		}
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

static struct net_bridge *find_bridge(const struct net_plan *plan, const char *name)
{
	for (size_t i = 0; i < plan->n_bridges; i++)
		if (str_eq(plan->bridges[i].name, name))
			return &plan->bridges[i];
	return NULL;
}

/* Bridges over plain NICs: one with an address is xenbr0, one without is xenbr1, and from xenbr2 on what is
 * left. */
static void name_bridges(struct net_make *m)
{
	for (size_t i = 0; i < m->plan->n_bridges; i++) {
		struct net_bridge *bridge = &m->plan->bridges[i];

		if (bridge->name)
			continue;
		bridge->name = net_address_any(&bridge->addr) ? "xenbr0" : "xenbr1";
		for (unsigned n = 2; find_bridge(m->plan, bridge->name) != bridge; n++)
			bridge->name = arena_printf(&m->plan->arena, "xenbr%u", n);
	}
}

static void swap_first(struct net_make *m, size_t with)
{
	struct net_bridge bridge = m->plan->bridges[0];
	const struct ks_network *line = m->lines[0];

	m->plan->bridges[0] = m->plan->bridges[with];
	m->plan->bridges[with] = bridge;
	m->lines[0] = m->lines[with];
	m->lines[with] = line;
}

/* xenbr0, else the first bridge with an address, comes first. */
static void sort_bridges(struct net_make *m)
{
	size_t n = m->plan->n_bridges, i;

	for (i = 0; i < n && !str_eq(m->plan->bridges[i].name, "xenbr0"); i++)
		;
	if (i == n)
		for (i = 0; i < n && !net_address_any(&m->plan->bridges[i].addr); i++)
			;
	if (i < n && i > 0)
		swap_first(m, i);
}

/* Guests stand on xenbr1; where there is none, on the first bridge without an address, or the only one. */
static void choose_guest_bridge(struct net_make *m)
{
	const struct net_plan *plan = m->plan;
	const struct net_bridge *guests = find_bridge(plan, "xenbr1");

	for (size_t i = 0; !guests && i < plan->n_bridges; i++)
		if (!net_address_any(&plan->bridges[i].addr))
			guests = &plan->bridges[i];
	if (!guests && plan->n_bridges)
		guests = plan->bridges;
	m->plan->guest_bridge = guests ? guests->name : NULL;
}

static void check_bridges(struct net_make *m)
{
	const struct net_plan *plan = m->plan;

	for (size_t i = 0; i < plan->n_bridges; i++) {
		const struct net_address *addr = &plan->bridges[i].addr;
		const char *name = plan->bridges[i].name;

		if (str_eq(name, "xenbr1") && net_address_any(addr))
			net_bad(m, ERR_INPUT, &m->lines[i]->at, name,
				"the guests' bridge has no address of the host: write --bootproto=none, and "
				"nothing of "
				"--ip and --ipv6");
		else if (i && (addr->gateway || addr->proto == NET_DHCP) && !addr->no_default_route)
			net_bad(m, ERR_INPUT, &m->lines[i]->at, name,
				"a second default gateway beside that of %s: add --nodefroute",
				plan->bridges[0].name);
	}
}

/* Without any network line, as Anaconda does: DHCP, on the NIC that has a link. */
static void plan_default(struct net_make *m)
{
	static const struct ks_network line = { .mtu = -1, .vlanid = -1 };
	const struct nic_facts *nic = net_nic_find(m->facts, "bootif");

	if (!nic)
		nic = net_nic_find(m->facts, "link");
	if (nic)
		net_port_add(m, &line, net_bridge_add(m, &line, "xenbr0"), nic->name);
}

static void finish(struct net_make *m)
{
	struct net_plan *plan = m->plan;

	plan_hostname(m);
	if (!plan->n_bridges && !m->errors.len)
		plan_default(m);
	name_bridges(m);
	sort_bridges(m);
	choose_guest_bridge(m);
	check_bridges(m);
	for (size_t i = 0; i < plan->n_bridges && !plan->install_nic; i++)
		if (plan->bridges[i].n_ports && net_address_any(&plan->bridges[i].addr)) {
			plan->install_nic = plan->bridges[i].ports[0];
			plan->install_addr = plan->bridges[i].addr;
		}
}

int net_plan_make(const struct facts *facts, const struct ks *ks, struct net_plan *ret, struct err *err)
{
	struct net_plan plan = { 0 };
	struct net_make m = { .facts = facts, .ks = ks, .plan = &plan };
	int r = 0;

	for (size_t i = 0; i < ks->n_networks; i++)
		plan_line(&m, &ks->networks[i]);
	finish(&m);
	free(m.lines);
	if (m.errors.len) {
		if (m.bad_nic)
			list_nics(facts, &m.errors);
		r = err_set(err, m.bad_input ? ERR_INPUT : ERR_MACHINE, "%s", buf_str(&m.errors));
		net_plan_clear(&plan);
	} else {
		*ret = plan;
	}
	buf_clear(&m.errors);
	return r;
}

void net_plan_clear(struct net_plan *plan)
{
	if (!plan)
		return;
	arena_clear(&plan->arena);
	*plan = (struct net_plan){ 0 };
}
