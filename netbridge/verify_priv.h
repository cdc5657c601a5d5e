/* Inside of net_verify. */
#ifndef NETBRIDGE_VERIFY_PRIV_H
#define NETBRIDGE_VERIFY_PRIV_H

#include "netbridge/state.h"
#include "netbridge/verify.h"

struct verifying {
	const struct net_plan *plan;
	const struct net_verify_opts *opts;
	struct net_state now;
	struct arena a;
	struct net_findings *all;
	bool manage; /* what is looked at now carries dom0's own address */
};

/* The device's IPv6 address that routers or DHCPv6 gave; NULL: none yet. */
const struct st_msg *net_verify_ipv6(const struct verifying *v, const struct net_if *dev);
/* Where routers or DHCPv6 give all that dom0 has: wait for it, and read the kernel's state again. */
void net_wait_told6(struct verifying *v);

/* A finding, and a line of the log. */
void net_found(struct verifying *v, bool ok, const char *check, const char *what, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));
/* The link of a device now; in the installer a NIC still has the name that its kernel gave it. */
const struct st_link *net_verify_link(const struct verifying *v, const struct net_if *dev);
/* The device's IPv4 address, "192.0.2.11/24", whoever gave it; NULL: none. */
const char *net_verify_ipv4(struct verifying *v, const struct net_if *dev);

void net_check_link(struct verifying *v, const struct net_if *dev);
void net_check_port(struct verifying *v, const struct net_if *bridge, const struct net_if *port);
void net_check_bond(struct verifying *v, const struct net_if *bond);
void net_check_addresses(struct verifying *v, const struct net_if *dev);
void net_check_route(struct verifying *v, int family, const char *want); /* AF_INET, AF_INET6 */
void net_check_gateway(struct verifying *v);
void net_check_gateway6(struct verifying *v);
void net_check_duplicate(struct verifying *v, const struct net_if *dev);
void net_check_duplicate6(struct verifying *v, const struct net_if *dev);
void net_check_dns(struct verifying *v);
void net_check_mirror(struct verifying *v);

#endif
