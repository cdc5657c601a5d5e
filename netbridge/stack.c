/* What stands on what: devices found by the words of a line, and put under one another. */
#include <ctype.h>
#include <net/if.h>

#include "base/util.h"
#include "netbridge/kind.h"

bool net_if_is_bridge(const struct net_if *dev)
{
	return dev->kind == &net_kind_bridge;
}

bool net_if_is_bond(const struct net_if *dev)
{
	return dev->kind == &net_kind_bond;
}

bool net_if_is_vlan(const struct net_if *dev)
{
	return dev->kind == &net_kind_vlan;
}

const char *net_if_kernel_kind(const struct net_if *dev)
{
	return net_if_is_bridge(dev) ? "bridge"
	       : net_if_is_bond(dev) ? "bond"
	       : net_if_is_vlan(dev) ? "vlan"
				     : "";
}

void net_if_each_nic(const struct net_if *dev, void (*fn)(void *arg, const struct net_if *nic), void *arg)
{
	if (dev->nic)
		fn(arg, dev);
	for (size_t i = 0; i < dev->n_lower; i++)
		net_if_each_nic(dev->lower[i], fn, arg);
}

static bool name_ok(const char *name)
{
	for (const char *c = name; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr("-_.", *c))
			return false;
	return *name && strlen(name) < IFNAMSIZ && !str_eq(name, ".") && !str_eq(name, "..");
}

/* Names that mean something else: sysctl's, the loopback, and what Xen calls its guests' interfaces. */
static bool name_taken(const char *name)
{
	return str_eq(name, "all") || str_eq(name, "default") || str_eq(name, "lo") ||
	       (str_starts(name, "vif") && isdigit((unsigned char)name[3]));
}

static void check_name(struct net_make *m, const struct net_kind *kind, const struct ks_network *line,
		       const char *name)
{
	const struct net_if *same = net_if_known(m, name);

	if (same && same->line)
		net_bad(m, ERR_INPUT, &line->at, name, "this %s is described already on line %u",
			same->kind->name, same->at.line);
	if (!name_ok(name))
		net_bad(m, ERR_INPUT, &line->at, name,
			"a %s's name has 1 to 15 letters, digits, '-', '_' or '.'%s", kind->name,
			kind == &net_kind_vlan && strlen(name) >= IFNAMSIZ ? ": give a shorter one with "
									     "--interfacename"
									   : "");
	else if (name_taken(name))
		net_bad(m, ERR_INPUT, &line->at, name, "this name is taken: by the system, or by Xen's vifs");
	else if (!same && net_nic_find(m->facts, name))
		net_bad(m, ERR_INPUT, &line->at, name, "this is a NIC; a %s has a name of its own, %s say",
			kind->name, kind == &net_kind_bridge ? "xenbr0" : "bond0");
}

static bool is_yes(const char *onboot)
{
	return !onboot || (strcasecmp(onboot, "no") && strcasecmp(onboot, "off") &&
			   strcasecmp(onboot, "false") && strcmp(onboot, "0"));
}

static struct net_if *push(struct net_make *m, const struct net_kind *kind)
{
	struct net_plan *plan = m->plan;
	struct net_if *dev = arena_alloc(&plan->arena, sizeof(*dev));

	dev->kind = kind;
	dev->onboot = true;
	*(struct net_if **)arena_push(&plan->arena, &plan->ifs, &plan->n_ifs, sizeof(dev)) = dev;
	return dev;
}

struct net_if *net_if_add(struct net_make *m, const struct net_kind *kind, const struct ks_network *line,
			  const char *name)
{
	struct net_if *dev;

	if (kind != &net_kind_nic)
		check_name(m, kind, line, name);
	if (line->ethtool && kind != &net_kind_nic)
		net_bad(m, ERR_INPUT, &line->at, "--ethtool",
			"is for NICs: say it on a line of the NIC, --device=NIC --bootproto=none");
	dev = push(m, kind);
	dev->name = name;
	dev->line = line;
	dev->at = line->at;
	dev->onboot = is_yes(line->onboot);
	dev->mtu = line->mtu > 0 && line->mtu <= 65535 ? (unsigned)line->mtu : 0;
	return dev;
}

static struct net_if *nic_if(struct net_make *m, const struct nic_facts *nic)
{
	for (size_t i = 0; i < m->plan->n_ifs; i++)
		if (m->plan->ifs[i]->nic == nic)
			return m->plan->ifs[i];
	return NULL;
}

struct net_if *net_if_known(struct net_make *m, const char *word)
{
	const struct nic_facts *nic;

	for (size_t i = 0; i < m->plan->n_ifs; i++)
		if (str_eq(m->plan->ifs[i]->name, word))
			return m->plan->ifs[i];
	nic = net_nic_find(m->facts, word);
	return nic ? nic_if(m, nic) : NULL;
}

struct net_if *net_if_find(struct net_make *m, const struct ks_at *at, const char *word)
{
	struct net_if *dev = net_if_known(m, word);
	const struct nic_facts *nic = dev ? NULL : net_nic_find(m->facts, word);

	if (dev)
		return dev;
	if (!nic) {
		net_bad(m, ERR_MACHINE, at, word, "%s",
			str_eq(word, "link") ? "no NIC has a link"
			: str_eq(word, "bootif")
				? "no NIC has the address that BOOTIF= on the kernel command line says"
			: m->ks->n_networks > 1
				? "this machine has no such NIC, and no line describes a device of that name"
				: "this machine has no such NIC");
		m->bad_nic = true;
		return NULL;
	}
	dev = push(m, &net_kind_nic);
	dev->nic = nic;
	dev->mac = nic->mac;
	dev->name = net_nic_target_name(&m->plan->arena, m->facts, nic);
	return dev;
}

bool net_line_has_address(const struct ks_network *line)
{
	if (line->ip || (line->ipv6 && !line->noipv6))
		return true;
	return line->bootproto && !str_eq(line->bootproto, "none") && !line->noipv4;
}

static bool taken(struct net_make *m, const struct ks_at *at, struct net_if *lower, const char *word)
{
	const struct net_if *master = lower->master;
	const struct ks_at *by = master ? &master->at : NULL;

	if (!master)
		return false;
	if (lower->nic)
		net_bad(m, ERR_INPUT, at, word, "NIC %s (%s) is under %s already, by line %u",
			lower->nic->name, lower->mac, master->name, by->line);
	else
		net_bad(m, ERR_INPUT, at, word, "%s is under %s already, by line %u", lower->name,
			master->name, by->line);
	return true;
}

void net_if_put_under(struct net_make *m, const struct ks_at *at, struct net_if *upper, struct net_if *lower,
		      const char *word)
{
	static const struct net_address none;
	bool is_port = !net_if_is_vlan(upper);
	bool speaks = lower->line && net_line_has_address(lower->line);

	if (is_port && taken(m, at, lower, word))
		return;
	if (is_port && speaks)
		net_bad(m, ERR_INPUT, &lower->at, lower->line->device ? lower->line->device : lower->name,
			"a port of %s has no address of its own: say it on line %u, and --bootproto=none "
			"here",
			upper->name, upper->at.line);
	if (is_port || !speaks) /* kickstart's default, DHCP, is not meant for what only carries another */
		lower->addr = none;
	if (is_port)
		lower->master = upper;
	*(struct net_if **)arena_push(&m->plan->arena, &upper->lower, &upper->n_lower, sizeof(lower)) = lower;
}

static void check_under(struct net_make *m, const struct net_if *dev, const struct net_if *lower)
{
	const struct net_if *master = lower->master;

	if (net_if_is_bridge(dev) && net_if_is_bridge(lower))
		net_bad(m, ERR_INPUT, &dev->at, lower->name, "a bridge can't be a port of a bridge");
	if (net_if_is_bond(dev) && !lower->nic)
		net_bad(m, ERR_INPUT, &dev->at, lower->name,
			"a bond's legs are NICs, and this is a %s: put the bond under it", lower->kind->name);
	if (!net_if_is_vlan(dev) || !master)
		return;
	if (net_if_is_bond(master))
		net_bad(m, ERR_INPUT, &dev->at, lower->name, "is a leg of %s: the VLAN goes on %s",
			master->name, master->name);
	else if (master->vlan_aware)
		net_bad(m, ERR_INPUT, &dev->at, lower->name,
			"is a port of %s, which filters VLANs itself and would never see this one: the VLAN "
			"goes "
			"on %s",
			master->name, master->name);
}

void net_stack_check(struct net_make *m)
{
	const struct net_plan *plan = m->plan;

	for (size_t i = 0; i < plan->n_ifs; i++)
		for (size_t l = 0; l < plan->ifs[i]->n_lower; l++)
			check_under(m, plan->ifs[i], plan->ifs[i]->lower[l]);
	for (size_t i = 0; i < plan->n_ifs; i++)
		for (size_t j = 0; j < i; j++) {
			const struct net_if *a = plan->ifs[j], *b = plan->ifs[i];

			if (net_if_is_vlan(a) && net_if_is_vlan(b) && a->vlan_id == b->vlan_id &&
			    a->n_lower && b->n_lower && a->lower[0] == b->lower[0])
				net_bad(m, ERR_INPUT, &b->at, b->name,
					"VLAN %u of %s is %s already, by line %u", b->vlan_id,
					b->lower[0]->name, a->name, a->at.line);
		}
}

void net_setting_add(struct net_make *m, struct net_setting **list, size_t *n, const char *key,
		     const char *value)
{
	struct net_setting *s = arena_push(&m->plan->arena, list, n, sizeof(*s));

	s->key = arena_strdup(&m->plan->arena, key);
	s->value = arena_strdup(&m->plan->arena, value);
}

const char *net_setting_get(const struct net_setting *list, size_t n, const char *key)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(list[i].key, key))
			return list[i].value;
	return NULL;
}
