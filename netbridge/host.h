/* What an installed host carries to look after its own network: its lines, and the first boot's unit. */
#ifndef NETBRIDGE_HOST_H
#define NETBRIDGE_HOST_H

#include "netbridge/netbridge.h"

#define NET_HOST_KS "/etc/xenith/network.ks"

/* The network's lines of ks alone, NICs named by MAC: "link" and "bootif" may be others at the next boot. */
void net_host_lines(const struct net_plan *plan, const struct facts *facts, const struct ks *ks,
		    struct buf *b);

/*
 * Into the mounted root: /etc/xenith/network.ks; xenith-net-boot.service, which runs `xenith bridge boot`
 * until the network was proven once. The program is installer/target/toolkit.h's.
 */
int net_host_files(const struct net_plan *plan, const struct facts *facts, const struct ks *ks,
		   const char *root, struct door *door, struct err *err);

#endif
