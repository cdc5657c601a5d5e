/* A VLAN: `network --device=bond0 --vlanid=100 [--interfacename=NAME]`, over a NIC, a bond, or a bridge. */
#include "base/util.h"
#include "netbridge/kind.h"

static bool claims(const struct ks_network *line)
{
	return line->vlanid >= 0 || line->interfacename;
}

/* "bond0.100", as the kernel's own tools name it. */
static const char *name_of(struct net_make *m, const struct ks_network *line)
{
	const struct nic_facts *nic = net_nic_find(m->facts, line->device);
	const char *parent = nic ? net_nic_target_name(&m->plan->arena, m->facts, nic) : line->device;

	if (line->interfacename)
		return line->interfacename;
	return arena_printf(&m->plan->arena, "%s.%u", parent, (unsigned)line->vlanid);
}

static void plan_vlan(struct net_make *m, const struct ks_network *line)
{
	struct net_if *vlan;

	if (line->vlanid < 0) {
		net_bad(m, ERR_INPUT, &line->at, line->interfacename,
			"--interfacename names a VLAN: it wants --vlanid beside it");
		return;
	}
	if (!line->device) {
		net_bad(m, ERR_INPUT, &line->at, "--vlanid",
			"wants --device=NAME beside it, what carries the VLAN");
		return;
	}
	if (line->vlanid < 1 || line->vlanid > 4094) {
		auto_free char *word = xasprintf("--vlanid=%lld", (long long)line->vlanid);

		net_bad(m, ERR_INPUT, &line->at, word, "a VLAN's number is from 1 to 4094");
		return;
	}
	if (line->bridgeslaves.n)
		net_bad(m, ERR_INPUT, &line->at, "--vlanid",
			"a bridge and a VLAN are two lines: which of them carries the other?");
	vlan = net_if_add(m, &net_kind_vlan, line, name_of(m, line));
	vlan->vlan_id = (unsigned)line->vlanid;
	net_address_make(m, line, &vlan->addr);
}

static void attach(struct net_make *m, const struct ks_network *line, struct net_if *vlan)
{
	struct net_if *parent = net_if_find(m, &line->at, line->device);

	if (parent)
		net_if_put_under(m, &line->at, vlan, parent, line->device);
}

static void print(const struct net_if *vlan, struct buf *b)
{
	buf_addf(b, "network: make VLAN %s, number %u", vlan->name, vlan->vlan_id);
	if (vlan->n_lower)
		buf_addf(b, " over %s", vlan->lower[0]->name);
}

static void netdev(const struct net_if *vlan, struct buf *b)
{
	buf_addf(b, "\n[VLAN]\nId=%u\n", vlan->vlan_id);
}

/* ifupdown makes it by ip(8) itself where the name isn't PARENT.ID. */
static void stanza(const struct net_if *vlan, struct buf *b)
{
	const char *parent = vlan->lower[0]->name;

	buf_addf(b,
		 "\tpre-up [ -e /sys/class/net/$IFACE ] || ip link add link %s name $IFACE type vlan id %u\n",
		 parent, vlan->vlan_id);
	buf_adds(b, "\tpost-down ip link del $IFACE || true\n");
}

const struct net_kind net_kind_vlan = {
	.name = "VLAN",
	.claims = claims,
	.plan = plan_vlan,
	.attach = attach,
	.print = print,
	.netdev = netdev,
	.stanza = stanza,
};
