/* Inside of net_batch_make. */
#ifndef NETBRIDGE_BATCH_H
#define NETBRIDGE_BATCH_H

#include <netlink/msg.h>

#include "netbridge/state.h"

struct making {
	const struct net_state *from, *to;
	struct net_batch *batch;
};

/* Append msg (which is freed) to the batch; the words are for people. */
void net_batch_add(struct making *m, struct nl_msg *msg, int flags, bool may_fail, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));
const char *net_batch_name(const struct making *m, int index);
/* The new device knows the gateway's MAC: the first frame needs no ARP, whose loss would cost a second. */
void net_batch_neighs(struct making *m);
void net_batch_addrs(struct making *m);
void net_batch_routes(struct making *m);

#endif
