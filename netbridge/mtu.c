/* MTUs: what carries a device must let its frames through. */
#include "base/util.h"
#include "netbridge/kind.h"

#define MTU_MIN      68   /* RFC 791 */
#define MTU_MIN_IPV6 1280 /* RFC 8200 */
#define MTU_DEFAULT  1500

static void check_range(struct net_make *m, const struct net_if *dev)
{
	unsigned min = dev->addr.ipv6 ? MTU_MIN_IPV6 : MTU_MIN;
	auto_free char *word = NULL;

	if (!dev->line || dev->line->mtu < 0 || !dev->line->mtu || (dev->mtu >= min))
		return;
	word = xasprintf("--mtu=%lld", (long long)dev->line->mtu);
	net_bad(m, ERR_INPUT, &dev->at, word, "an MTU is %u to 65535%s", min,
		dev->addr.ipv6 ? " where there is IPv6" : "");
}

/* Upper ones stand behind lower ones in the list, so from its end on each has its last word when it is
 * reached. */
void net_mtu_make(struct net_make *m)
{
	const struct net_plan *plan = m->plan;

	for (size_t i = plan->n_ifs; i-- > 0;) {
		const struct net_if *dev = plan->ifs[i];

		check_range(m, dev);
		for (size_t l = 0; l < dev->n_lower; l++) {
			struct net_if *lower = dev->lower[l];
			bool said = lower->line && lower->line->mtu > 0;

			if (!said && dev->mtu > lower->mtu && (dev->mtu > MTU_DEFAULT || lower->master))
				lower->mtu = dev->mtu;
			else if (said && dev->mtu > lower->mtu)
				net_bad(m, ERR_INPUT, &dev->at, dev->name,
					"MTU %u does not fit: %s below it has %u, by line %u", dev->mtu,
					lower->name, lower->mtu, lower->at.line);
			else if (said && dev->line && dev->line->mtu > 0 && dev->mtu < lower->mtu &&
				 net_if_is_bond(dev))
				net_bad(m, ERR_INPUT, &lower->at, lower->name,
					"a leg of %s has its MTU, %u: %u is said here", dev->name, dev->mtu,
					lower->mtu);
		}
	}
}
