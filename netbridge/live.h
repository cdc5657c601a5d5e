/* The installer's own network: links and addresses by rtnetlink, leases by DHCP, the gateway by ARP. */
#ifndef NETBRIDGE_LIVE_H
#define NETBRIDGE_LIVE_H

#include <netinet/in.h>

#include "base/log.h"
#include "netbridge/netbridge.h"

/* How long to wait, in seconds. */
struct net_waits {
	unsigned carrier, gateway, dhcp;
};

/* net_live_up with other waits. */
int net_live_up_within(const struct net_plan *plan, const struct net_waits *waits, struct door *door,
		       struct err *err);

/* A NIC of the running kernel. */
struct net_dev {
	struct log *log; /* may be NULL */
	const char *name;
	int index;
	char mac[18];
};

/* ERR_MACHINE if there is no such NIC. */
int net_dev_open(const char *name, struct log *log, struct net_dev *ret, struct err *err);
/* Set it up. */
int net_dev_up(const struct net_dev *dev, struct err *err);
/* Wait until it has a carrier; progress goes to the log. ERR_MACHINE "no link on ens16 (52:54:…)". */
int net_dev_wait_carrier(const struct net_dev *dev, unsigned wait_s, struct err *err);
/*
 * Make addr (static) the only IPv4 address of the NIC, and its gateway the default route; then IPv6's, beside
 * what routers advertise. Other NICs lose addresses of the same network: answers would leave through them.
 */
int net_dev_configure(const struct net_dev *dev, const struct net_address *addr, struct err *err);

/* Only the last of these: other devices lose what they have of addr's network. */
int net_dev_drop_others(const struct net_dev *dev, const struct net_address *addr, struct err *err);

/* Ask on the wire (RFC 826) who has ip, once a second, until one answers. ERR_FETCH when nobody does in
 * wait_s. */
int net_arp_wait(const struct net_dev *dev, const char *from_ip, const char *ip, unsigned wait_s,
		 struct err *err);

/*
 * Get a lease through udhcpc (busybox) and give it as a static address; strings are a's. Nothing on the NIC
 * is changed. A recording door gives an address without ip. ERR_FETCH if no server answers.
 */
int net_dhcp_lease(const struct net_dev *dev, unsigned wait_s, struct door *door, struct arena *a,
		   struct net_address *ret, struct err *err);

/* What a DHCPv6 server gave. */
struct net_lease6 {
	char ip[INET6_ADDRSTRLEN], nameservers[3][INET6_ADDRSTRLEN];
	size_t n_nameservers;
};

/*
 * Get an address by DHCPv6 (RFC 8415, stateful), asked for until wait_s are over. Nothing on the NIC is
 * changed. ERR_NET_NO_DHCP if no server gives one; what a server said instead is in the message.
 */
int net_dhcp6_lease(const struct net_dev *dev, unsigned wait_s, struct net_lease6 *ret, struct err *err);

#endif
