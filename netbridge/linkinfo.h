/* What a new bridge, bond or VLAN is told as it is made (IFLA_LINKINFO), and VLANs of a bridge's ports. */
#ifndef NETBRIDGE_LINKINFO_H
#define NETBRIDGE_LINKINFO_H

#include <netlink/msg.h>

#include "netbridge/state.h"

/* The kernel's number for a bond's mode. */
unsigned net_linkinfo_bond_mode(const struct net_if *bond);
/* By the plan's device, or (a link that comes back) by what the kernel said of it. */
void net_linkinfo_put(struct nl_msg *msg, const struct st_link *link);
/* No link-local address made by itself: for what has no IPv6. */
void net_linkinfo_put_no_ipv6(struct nl_msg *msg);
void net_linkinfo_put_stp(struct nl_msg *msg, bool on);
/* VLANs that the bridge's port lets through; those that end on the bridge itself. */
void net_linkinfo_put_port_vlans(const struct net_state *to, const struct st_link *port,
				 struct net_batch *batch);
void net_linkinfo_put_self_vlans(const struct net_state *to, const struct st_link *bridge,
				 struct net_batch *batch);

#endif
