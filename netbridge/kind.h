/*
 * What the files of this room share: the planning in progress, and the table of network kinds.
 *
 * A kind (bridge, plain NIC, bond, VLAN, ...) is one kind_NAME.c and one line in net_kinds.
 */
#ifndef NETBRIDGE_KIND_H
#define NETBRIDGE_KIND_H

#include "netbridge/netbridge.h"

/* A plan that is being made; every error goes to errors, so that one run reports them all. */
struct net_make {
	const struct facts *facts;
	const struct ks *ks;
	struct net_plan *plan;
	const struct ks_network *
		*lines; /* lines[i] gave plan->bridges[i]; NULL for a bridge nobody asked for */
	struct buf errors;
	bool bad_input, bad_machine;
	bool bad_nic; /* some NIC was not found: the message then lists those there are */
};

struct net_units;

struct net_kind {
	const char *name;
	bool (*claims)(const struct ks_network *line); /* the first kind of the list that does, plans it */
	void (*plan)(struct net_make *m, const struct ks_network *line);
	/* Systemd-networkd's files for what this kind plans, each through net_unit_add; NULL: none. */
	void (*units)(const struct net_plan *plan, struct net_units *units);
};

extern const struct net_kind net_kind_bridge, net_kind_bond, net_kind_team, net_kind_vlan, net_kind_nic;
extern const struct net_kind *const net_kinds[]; /* ends with NULL */

/* Files below /etc/systemd/network of the installed system. */
struct net_unit {
	char *name; /* "10-xenbr0.netdev" */
	struct buf text;
};
struct net_units {
	struct net_unit *v;
	size_t n, cap;
};

/* The text of a new unit file, to be filled before the next call. */
struct buf *net_unit_add(struct net_units *units, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void net_units_clear(struct net_units *units);
/* All kinds' units. */
void net_units_make(const struct net_plan *plan, struct net_units *ret);

/* Add "file:line: word: reason" to the errors. */
void net_bad(struct net_make *m, enum err_code code, const struct ks_at *at, const char *word,
	     const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/* A new bridge; name may be NULL (net_plan_make names it at the end). Valid until the next call. */
struct net_bridge *net_bridge_add(struct net_make *m, const struct ks_network *line, const char *name);
/* Put the NIC that word names under the bridge. Adds an error if there is none, or if it is taken. */
void net_port_add(struct net_make *m, const struct ks_network *line, struct net_bridge *bridge,
		  const char *word);
/*
 * The NIC that word names: kernel name, MAC, PCI path ("0000:00:10.0", "pci-0000:00:10.0"), its name by PCI
 * path
 * ("enp0s16"), "link" (the first one with a carrier) or "bootif" (BOOTIF= of the kernel command line). NULL:
 * none.
 */
const struct nic_facts *net_nic_find(const struct facts *facts, const char *word);
/* The name that a NIC gets in the installed system: the kernel's, unless that is of the racing kind ("eth0").
 */
const char *net_nic_target_name(struct arena *a, const struct facts *facts, const struct nic_facts *nic);

/* The addresses of one network line, checked. */
void net_address_make(struct net_make *m, const struct ks_network *line, struct net_address *ret);
bool net_address_any(const struct net_address *addr);
/* "192.0.2.11/24, gateway 192.0.2.1", "DHCP" or "no IPv4 address"; then IPv6's. */
void net_address_print(const struct net_address *addr, struct buf *b);
/* DNS servers come from DHCP: systemd-resolved has to be there to take them. */
bool net_wants_resolved(const struct net_plan *plan);

#endif
