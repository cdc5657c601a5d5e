/*
 * Where the gateway is when it is not where the plan says: other legs, untagged, other cables; and the plan
 * that goes there.
 *
 * Only NICs that carry the management device, and those that no line of the kickstart file names, are asked:
 * a guests' NIC never carries dom0's address.
 */
#ifndef NETBRIDGE_FALLBACK_H
#define NETBRIDGE_FALLBACK_H

#include "base/log.h"
#include "netbridge/netbridge.h"

/* Gone with the next boot; read before the files of the same devices in /etc, by their names. */
#define NET_FALLBACK_DIR  "/run/systemd/network"
#define NET_FALLBACK_VLAN "xenfb."

/* Who must answer for a network to be the right one. */
enum net_asked {
	NET_ASKED_NOTHING, /* no gateway and nobody to give one: nothing is known that could answer */
	NET_ASKED_ARP,     /* the IPv4 gateway */
	NET_ASKED_DHCP,    /* a server with a lease */
	NET_ASKED_ND,      /* IPv6 alone: its gateway */
	NET_ASKED_ROUTER,  /* IPv6 alone, SLAAC or DHCPv6: any router */
};
enum net_asked net_asked_of(const struct net_address *addr);

/* A NIC, and the tag of the frames. */
struct net_way {
	const struct nic_facts *nic;
	unsigned vlan; /* 0: untagged */
	bool answered; /* to net_ways_ask */
	char mac[18];  /* whose answer it was */
};

struct net_ways {
	struct net_way *v; /* in the order in which they are preferred */
	size_t n;
};

/*
 * Pure: the management's legs with the plan's own tag, the same untagged, then NICs that nobody names,
 * untagged and tagged. What is the plan itself (a bridge over that NIC or VLAN alone) is left out. None where
 * nothing is known that could answer (NET_ASKED_NOTHING).
 */
void net_fallback_ways(const struct net_plan *plan, const struct facts *facts, struct arena *a,
		       struct net_ways *ret);
/* "eno2", "52:54:00:12:34:11.100": the way of that name, for a plan made by hand. ERR_USAGE. */
int net_fallback_way(const struct facts *facts, const char *word, struct net_way *ret, struct err *err);

/*
 * The plan with the management's address on that way alone: its bridge stands on the NIC (or a VLAN of it),
 * which leaves its bond or bridge. All else stays. *ret points into plan, which must outlive it.
 */
int net_fallback_plan(const struct net_plan *plan, const struct net_way *way, struct net_plan *ret,
		      struct err *err);

struct net_units;
/* networkd's files of what the fallback has otherwise than the plan; with ifupdown they are notes of it. */
void net_fallback_units(const struct net_plan *plan, const struct net_plan *fallback, struct net_units *ret);

/* Make it so, live and in files that are gone with the next boot. */
int net_fallback_apply(const struct net_plan *plan, const struct net_plan *fallback, struct log *log,
		       struct err *err);
/* Back to the plan. */
int net_fallback_undo(const struct net_plan *plan, struct log *log, struct err *err);

/* "eno2, VLAN 100" or "eno2, untagged" */
void net_way_print(const struct net_way *way, struct buf *b);

/*
 * Ask on all ways at once, once a second, for wait_s seconds, and fill answered and mac: who has the
 * gateway's address (RFC 826; RFC 4861 without IPv4), or with DHCP, which server has a lease for the
 * management's MAC (RFC 2131), or which router advertises itself (RFC 4861).
 * NICs that are down are set up for it. No configuration is needed on them, and none is changed.
 */
void net_ways_ask(struct net_ways *ways, const struct net_if *manage, unsigned wait_s);

#endif
