/*
 * The host's network: NICs, bonds, VLANs and bridges stacked as the kickstart file says, as a plan, as the
 * files of the installed system, and live.
 */
#ifndef NETBRIDGE_NETBRIDGE_H
#define NETBRIDGE_NETBRIDGE_H

#include "base/argv.h"
#include "base/door.h"
#include "base/json.h"
#include "facts/facts.h"
#include "kickstart/ks.h"

enum net_proto { NET_NONE, NET_DHCP, NET_STATIC };

struct net_route {
	const char *to;  /* "10.0.0.0/8", "2001:db8:1::/48" or "default" */
	const char *via; /* a gateway, or NULL: on the wire itself */
	unsigned metric; /* 0: not said */
	bool ipv6;
};

struct net_address {
	enum net_proto proto;
	const char *ip; /* dotted quad */
	unsigned prefix_len;
	const char *gateway;
	const char **nameservers; /* NULL-terminated */
	const char **search;
	const char *ipv6, *ipv6gateway; /* "auto", "dhcp", "addr/len" or NULL: none */
	bool no_default_route, no_dns;  /* take neither from DHCP */
	const char **more;              /* further "addr/len" of both families, n_more of them */
	size_t n_more;
	struct net_route *routes;
	size_t n_routes;
};

/* One setting of --ethtool: "gro" "off", "speed" "1000". */
struct net_setting {
	const char *key, *value;
};

struct net_kind;

/* A network device of the host. */
struct net_if {
	const struct net_kind *kind; /* netbridge/kind.h */
	const char *name;            /* in the installed system; a NIC's is pinned by a .link file */
	const struct nic_facts *nic; /* a NIC's; bound by permanent MAC */
	struct net_if **lower;       /* what it stands on: a bridge's ports, a bond's legs, a VLAN's parent */
	size_t n_lower;
	struct net_if *master; /* the bridge or bond that it is a port or leg of; NULL: none */
	const char *mac;       /* that of its first NIC; NULL without any */
	unsigned mtu;          /* 0: default */
	bool onboot;
	unsigned vlan_id;   /* a VLAN's */
	bool vlan_aware;    /* a bridge that filters VLANs */
	unsigned pvid;      /* its default VLAN for untagged frames; 0: none */
	const char **vlans; /* "2-4094": those let through its ports; n_vlans */
	size_t n_vlans;
	struct net_setting *opts; /* a bond's or bridge's, in the kernel's words: "mode" "802.3ad" */
	size_t n_opts;
	struct net_setting *ethtool; /* a NIC's */
	size_t n_ethtool;
	struct net_address addr;
	struct ks_at at;               /* its line; line 0: nobody asked for it */
	const struct ks_network *line; /* or NULL */
	bool sorted;                   /* scratch of the planner */
};

enum net_files { NET_FILES_NETWORKD, NET_FILES_IFUPDOWN };

struct net_plan {
	struct arena arena;
	const char *hostname; /* short or full as given; NULL: not said */
	struct net_if **ifs;  /* each behind what it stands on; management's first */
	size_t n_ifs;
	enum net_files files;
	const char *guest_bridge; /* for /etc/xen/xl.conf: "xenbr1", else the only bridge; NULL: no bridge */
	const struct net_if *manage; /* what dom0 is reached through: xenbr0; NULL: nothing has an address */
	/* Before there is a kickstart file, without manage: the NIC and address of ip=. */
	const struct nic_facts *install_nic;
	struct net_address install_addr;
};

/*
 * Pure. `network --device=xenbr0 --bridgeslaves=eno1 …`; a slave is a name of another line, or a NIC by name,
 * MAC or PCI path of facts->nics. Without any bridge line, what has an address gets xenbr0 over it, what has
 * none xenbr1. Errors (ERR_INPUT/ERR_MACHINE) are all reported: unknown NIC (lists those there), one NIC in
 * two places, loops, names, impossible addresses, an address in two places, an MTU that doesn't fit.
 */
int net_plan_make(const struct facts *facts, const struct ks *ks, struct net_plan *ret, struct err *err);
/* The same without bridges that no line asks for: for the installer's own use. */
int net_plan_make_plain(const struct facts *facts, const struct ks *ks, struct net_plan *ret,
			struct err *err);
void net_plan_clear(struct net_plan *plan);
void net_plan_print(const struct net_plan *plan, struct buf *b);
/* The files that describe the devices: "--- PATH", then the text of each. */
void net_plan_files(const struct net_plan *plan, struct buf *b);
json_t *net_plan_json(const struct net_plan *plan);

bool net_if_is_bridge(const struct net_if *dev);
bool net_if_is_bond(const struct net_if *dev);
bool net_if_is_vlan(const struct net_if *dev);
/* The device of that name; NULL: none. */
const struct net_if *net_plan_find(const struct net_plan *plan, const char *name);
/* The NICs that dev stands on, at the bottom: calls fn for each. */
void net_if_each_nic(const struct net_if *dev, void (*fn)(void *arg, const struct net_if *nic), void *arg);

/* Packages of the installed system that the plan needs ("systemd-resolved" where DHCP brings the DNS
 * servers, "ifupdown", "bridge-utils", "nftables" for the vif hook, ...).
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
/* Remove the bridges, bonds and VLANs that an earlier try of the installer made: a NIC under them can't be
 * used by itself. */
int net_live_reset(struct door *door, struct err *err);
/* Before there is a kickstart file: DHCP on one NIC (by name). */
int net_live_dhcp(const char *nic, unsigned timeout_s, struct door *door, struct err *err);

/* Host part and domain of a host name that RFC 1123 allows; false: it doesn't. */
bool net_hostname_ok(const char *name);

#endif
