/*
 * The network as the kernel has it: links, addresses, routes; and the change from one such state to another.
 *
 * Addresses and routes are kept as the kernel's own messages, so that what this program knows nothing of
 * (lifetimes, metrics, source addresses) comes back as it was.
 */
#ifndef NETBRIDGE_STATE_H
#define NETBRIDGE_STATE_H

#include <linux/rtnetlink.h>
#include <net/if.h>

#include "netbridge/netbridge.h"

struct st_link {
	int index;
	char name[IFNAMSIZ];
	char kind[IFNAMSIZ]; /* "bridge", "bond", "vlan", ""; rtnetlink's */
	char mac[18];
	unsigned mtu;
	bool up, carrier;
	int master, parent; /* indices; 0: none */
	unsigned vlan_id;
	unsigned bond_mode; /* by number */
	bool stp;           /* a bridge's */
	const void *info;   /* IFLA_LINKINFO's payload; NULL: none */
	size_t info_len;
	const struct net_if *dev; /* of the plan; NULL: not the plan's */
	bool fallback;            /* the first boot's fallback has put it where it is */
	bool fresh;               /* a link of this name is there, but another one is wanted */
};

/* An address or a route. */
struct st_msg {
	int index;  /* of its link */
	int family; /* AF_INET, AF_INET6 */
	const struct nlmsghdr *raw;
};

struct net_state {
	struct st_link *links;
	size_t n_links;
	struct st_msg *addrs;
	size_t n_addrs;
	struct st_msg *routes; /* of the tables that people write; the kernel's own come with addresses */
	size_t n_routes;
	struct st_msg *neighs; /* whose MAC is known: ARP and ND */
	size_t n_neighs;
};

/* Strings and messages are a's. */
int net_state_read(struct arena *a, struct net_state *ret, struct err *err);
struct st_link *net_state_link(const struct net_state *state, const char *name);
struct st_link *net_state_index(const struct net_state *state, int index);
/* The address or route as a person reads it: "192.0.2.11/24", "default via 192.0.2.1 dev xenbr0". */
void net_state_addr_print(const struct st_msg *addr, struct buf *b);
void net_state_route_print(const struct net_state *state, const struct st_msg *route, struct buf *b);
bool net_state_same_addr(const struct st_msg *a, const struct st_msg *b);
bool net_state_same_route(const struct st_msg *a, const struct st_msg *b);

/*
 * What the plan makes of the network that is there: virtual links made, NICs under them, addresses on the top
 * device alone, routes with them. A lease (DHCP, SLAAC) moves as it is. Links that the plan doesn't name
 * stay. ERR_MACHINE if a NIC of the plan is gone.
 */
int net_state_want(const struct net_plan *plan, const struct net_state *now, struct arena *a,
		   struct net_state *ret, struct err *err);

/* Load what the plan's devices need of the kernel; without a bond0 that nobody asked for. Failures are the
 * next step's to tell. */
void net_modules_load(const struct net_plan *plan, struct door *door);

/* Bridges without an IPv6 address take none from routers: their switch in /proc/sys. */
void net_no_ipv6(const struct net_plan *plan);

/* Messages to be sent in one go. */
struct net_batch {
	struct arena arena;
	struct st_op {
		struct nlmsghdr *msg;
		const char *what; /* for people: "make bridge xenbr0" */
		bool may_fail;    /* a deletion of what may be gone already */
	} * ops;
	size_t n_ops;
};

/* In an order that keeps the interruption short: what is new is made and set up first. Empty: nothing to do.
 */
void net_batch_make(const struct net_state *from, const struct net_state *to, struct net_batch *ret);
/* One sendmsg(2); then every answer is read. ERR_SYS names the first step that the kernel refused. */
int net_batch_send(const struct net_batch *batch, struct log *log, struct err *err);
void net_batch_print(const struct net_batch *batch, struct buf *b);
void net_batch_clear(struct net_batch *batch);

#endif
