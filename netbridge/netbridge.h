/*
 * The host's network: two bridges over NICs, as a plan and as the files of the installed system; and the
 * address that the installer itself uses.
 */
#ifndef NETBRIDGE_NETBRIDGE_H
#define NETBRIDGE_NETBRIDGE_H

#include "base/argv.h"
#include "base/door.h"
#include "base/json.h"
#include "facts/facts.h"
#include "kickstart/ks.h"

enum net_proto { NET_NONE, NET_DHCP, NET_STATIC };

struct net_address {
	enum net_proto proto;
	const char *ip; /* dotted quad */
	unsigned prefix_len;
	const char *gateway;
	const char **nameservers; /* NULL-terminated */
	const char **search;
	const char *ipv6, *ipv6gateway; /* "auto", "dhcp", "addr/len" or NULL: none */
	bool no_default_route, no_dns;  /* take neither from DHCP */
};

struct net_bridge {
	const char *name;
	const struct nic_facts **ports; /* bound by permanent MAC */
	const char **port_names;        /* names in the installed system, pinned by a .link file */
	size_t n_ports;
	const char *mac; /* the first port's; NULL without ports */
	unsigned mtu;    /* 0: default */
	bool onboot;
	struct net_address addr;
};

struct net_plan {
	struct arena arena;
	const char *hostname;       /* short or full as given; NULL: not said */
	struct net_bridge *bridges; /* management first */
	size_t n_bridges;
	const char *guest_bridge; /* for /etc/xen/xl.conf: "xenbr1", else the only bridge */
	const struct nic_facts
		*install_nic; /* the NIC the installer reaches the network through; NULL: none */
	struct net_address install_addr;
};

/*
 * Pure. `network --device=xenbr0 --bridgeslaves=eno1 …`; a slave is a name, a MAC or a PCI path of
 * facts->nics. A plain `network --device=NIC` line without bridges gives xenbr0 over that NIC. Errors
 * (ERR_INPUT/ERR_MACHINE): unknown NIC (lists those there), one NIC in two bridges, an address on the guests'
 * bridge, impossible addresses, gateway outside the network, bonds and VLANs (not yet).
 */
int net_plan_make(const struct facts *facts, const struct ks *ks, struct net_plan *ret, struct err *err);
void net_plan_clear(struct net_plan *plan);
void net_plan_print(const struct net_plan *plan, struct buf *b);
json_t *net_plan_json(const struct net_plan *plan);

/* Packages of the installed system that the plan needs ("systemd-resolved" where DHCP brings the DNS
 * servers).
 */
void net_packages(const struct net_plan *plan, struct argv *want);

/* Write the configuration below root (the mounted target, or any folder): links, bridges, resolv.conf, hosts,
 * hostname, xl.conf, sysctl. */
int net_apply_files(const struct net_plan *plan, const char *root, struct door *door, struct err *err);

/*
 * Set all NICs of facts up and wait until each has a carrier, at most wait_s seconds: before facts are read
 * for a kickstart file that says --device=link. A NIC that stays without is no error.
 */
int net_live_links_up(const struct facts *facts, unsigned wait_s, struct door *door, struct err *err);

/* Bring plan->install_nic up in the installer with install_addr (rtnetlink; DHCP by a client program), wait
 * for carrier, check that the gateway answers. */
int net_live_up(const struct net_plan *plan, struct door *door, struct err *err);
/* Before there is a kickstart file: DHCP on one NIC (by name). */
int net_live_dhcp(const char *nic, unsigned timeout_s, struct door *door, struct err *err);

/* Host part and domain of a host name that RFC 1123 allows; false: it doesn't. */
bool net_hostname_ok(const char *name);

#endif
