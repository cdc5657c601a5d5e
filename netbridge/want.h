/* Inside of net_state_want: the state that is made from a plan. */
#ifndef NETBRIDGE_WANT_H
#define NETBRIDGE_WANT_H

#include "netbridge/state.h"

struct wanting {
	const struct net_plan *plan;
	const struct net_state *now;
	struct net_state *want;
	struct arena *a;
};

/* The wanted link of a device of the plan; NULL: not made yet. A NIC goes by its name of now. */
struct st_link *net_want_link(struct wanting *w, const struct net_if *dev);
/* Once all links are known. */
void net_want_addrs(struct wanting *w);
void net_want_routes(struct wanting *w);

#endif
