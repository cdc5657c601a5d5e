/* Which device is dom0's own, and which one the guests'. */
#include "base/util.h"
#include "netbridge/kind.h"

/* A default route, by DHCP or said. */
static bool has_gateway(const struct net_address *addr)
{
	return (addr->gateway || addr->proto == NET_DHCP) && !addr->no_default_route;
}

/* xenbr0, else the first bridge with an address, else whatever has one. */
const struct net_if *net_manage_choose(const struct net_plan *plan)
{
	const struct net_if *xenbr0 = net_plan_device(plan, "xenbr0"), *best = NULL;

	if (xenbr0 && net_address_any(&xenbr0->addr))
		return xenbr0;
	for (size_t i = 0; i < plan->n_ifs; i++) {
		const struct net_if *dev = plan->ifs[i];

		if (!net_address_any(&dev->addr))
			continue;
		if (!best || (has_gateway(&dev->addr) && !has_gateway(&best->addr)) ||
		    (net_if_is_bridge(dev) && !net_if_is_bridge(best) && !has_gateway(&best->addr)))
			best = dev;
	}
	return best;
}

/* Guests stand on xenbr1; where there is none, on the first bridge without an address, or the only one. */
void net_manage_guests(struct net_make *m)
{
	const struct net_plan *plan = m->plan;
	const struct net_if *guests = net_plan_device(plan, "xenbr1");

	if (guests && !net_if_is_bridge(guests))
		guests = NULL;
	for (size_t i = 0; !guests && i < plan->n_ifs; i++)
		if (net_if_is_bridge(plan->ifs[i]) && !net_address_any(&plan->ifs[i]->addr))
			guests = plan->ifs[i];
	for (size_t i = 0; !guests && i < plan->n_ifs; i++)
		if (net_if_is_bridge(plan->ifs[i]))
			guests = plan->ifs[i];
	m->plan->guest_bridge = guests ? guests->name : NULL;
}

void net_manage_check(struct net_make *m)
{
	const struct net_plan *plan = m->plan;

	for (size_t i = 0; i < plan->n_ifs; i++) {
		const struct net_if *dev = plan->ifs[i];

		if (str_eq(dev->name, "xenbr1") && net_address_any(&dev->addr))
			net_bad(m, ERR_INPUT, &dev->at, dev->name,
				"the guests' bridge has no address of the host: write --bootproto=none, and "
				"nothing of "
				"--ip and --ipv6");
		else if (dev != plan->manage && has_gateway(&dev->addr))
			net_bad(m, ERR_INPUT, &dev->at, dev->name,
				"a second default gateway beside that of %s: add --nodefroute",
				plan->manage->name);
	}
}
