/*
 * A plain NIC: `network --device=NIC`. Its name is pinned by its permanent MAC. As a bridge's port or a
 * bond's leg it has no address of its own.
 */
#include "base/util.h"
#include "netbridge/kind.h"

static bool claims(const struct ks_network *line)
{
	(void)line;
	return true;
}

/* Another line that makes a bond or a bridge of this name. */
static const struct ks_network *described(struct net_make *m, const struct ks_network *line)
{
	for (size_t i = 0; line->device && i < m->ks->n_networks; i++) {
		const struct ks_network *other = &m->ks->networks[i];

		if (other != line && str_eq(other->device, line->device) &&
		    (other->bondslaves.n || other->bridgeslaves.n))
			return other;
	}
	return NULL;
}

static void plan_nic(struct net_make *m, const struct ks_network *line)
{
	const char *device = line->device ? line->device : "link";
	const struct ks_network *other = described(m, line);
	struct net_if *nic;

	/* `network --hostname=NAME` alone sets nothing but the name. */
	if (!line->device && !line->bootproto && !line->ip && line->hostname)
		return;
	if (other) {
		net_bad(m, ERR_INPUT, &line->at, device, "is described on line %u: say all of it there",
			other->at.line);
		return;
	}
	nic = net_if_known(m, device);
	if (nic) {
		net_bad(m, ERR_INPUT, &line->at, device, "this %s is described already on line %u",
			nic->kind->name, nic->at.line);
		return;
	}
	if (!net_nic_find(m->facts, device)) {
		net_if_find(m, &line->at, device); /* says so */
		return;
	}
	nic = net_if_add(m, &net_kind_nic, line, NULL);
	nic->nic = net_nic_find(m->facts, device);
	nic->mac = nic->nic->mac;
	nic->name = net_nic_target_name(&m->plan->arena, m->facts, nic->nic);
	net_ethtool_make(m, line, nic);
	net_address_make(m, line, &nic->addr);
}

static void print(const struct net_if *dev, struct buf *b)
{
	const struct nic_facts *nic = dev->nic;

	buf_addf(b, "network: name NIC %s (%s%s%s) %s", nic->mac,
		 nic->driver ? nic->driver : "unknown driver", nic->pci ? ", " : "", nic->pci ? nic->pci : "",
		 dev->name);
	for (size_t i = 0; i < dev->n_ethtool; i++)
		buf_addf(b, ", %s %s", dev->ethtool[i].key, dev->ethtool[i].value);
}

const struct net_kind net_kind_nic = {
	.name = "NIC",
	.claims = claims,
	.plan = plan_nic,
	.print = print,
};
