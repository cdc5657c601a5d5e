/*
 * What the files of this room share: the planning in progress, and the table of network kinds.
 *
 * A kind (bridge, plain NIC, bond, VLAN, ...) is one kind_NAME.c and one line in net_kinds.
 */
#ifndef NETBRIDGE_KIND_H
#define NETBRIDGE_KIND_H

#include "netbridge/netbridge.h"

struct net_fault {
	const struct ks_at *at;
	const char *text;
};

/* A plan that is being made; every error goes to faults, so that one run reports them all. */
struct net_make {
	const struct facts *facts;
	const struct ks *ks;
	struct net_plan *plan;
	struct net_fault *faults; /* by line at the end */
	size_t n_faults;
	bool bad_input, bad_machine;
	bool bad_nic;    /* some NIC was not found: the message then lists those there are */
	bool has_bridge; /* some line describes one */
};

struct net_units;

struct net_kind {
	const char *name;
	bool (*claims)(const struct ks_network *line); /* the first kind of the list that does, plans it */
	/* Make the line's device (and what it needs below); ports are found once all devices are known. */
	void (*plan)(struct net_make *m, const struct ks_network *line);
	void (*attach)(struct net_make *m, const struct ks_network *line, struct net_if *dev);
	/* "network: make bond bond0 over eno1, …" */
	void (*print)(const struct net_if *dev, struct buf *b);
	/* [NetDev] and what follows of systemd-networkd's .netdev file; NULL: none (a NIC). */
	void (*netdev)(const struct net_if *dev, struct buf *b);
	/* The lines of its stanza in interfaces(5), each indented by a tab. */
	void (*stanza)(const struct net_if *dev, struct buf *b);
};

extern const struct net_kind net_kind_bridge, net_kind_bond, net_kind_team, net_kind_vlan, net_kind_nic;
extern const struct net_kind *const net_kinds[]; /* ends with NULL */

/* Files of the installed system, by path. */
struct net_unit {
	char *name; /* "/etc/systemd/network/10-xenbr0.netdev" */
	struct buf text;
};
struct net_units {
	struct net_unit *v;
	size_t n, cap;
};

/* The text of a new file, to be filled before the next call. */
struct buf *net_unit_add(struct net_units *units, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void net_units_clear(struct net_units *units);
/* "--- PATH", then the text, of each. */
void net_units_print(const struct net_units *units, struct buf *b);
/* The files that describe the devices, in the plan's language (networkd or ifupdown). */
void net_units_make(const struct net_plan *plan, struct net_units *ret);
void net_networkd_units(const struct net_plan *plan, struct net_units *ret);
void net_ifupdown_units(const struct net_plan *plan, struct net_units *ret);
/* .link files, which udev reads: both languages have them. */
void net_link_units(const struct net_plan *plan, struct net_units *ret);

/* The files of the devices alone, on a host that is there: units, sysctl, resolv.conf, xl.conf. */
int net_device_files(const struct net_plan *plan, const char *root, struct door *door, struct err *err);
void net_device_files_paths(struct argv *paths);

/* Add "file:line: word: reason" to the errors. */
void net_bad(struct net_make *m, enum err_code code, const struct ks_at *at, const char *word,
	     const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/* By line, where they are of one file; else as they were found. */
void net_faults_print(struct net_make *m, struct buf *b);
/* "NICs of this machine:", for errors about one that isn't there. */
void net_faults_nics(const struct facts *facts, struct buf *b);
struct net_if *net_plan_device(const struct net_plan *plan, const char *name);
/* xenbr0, else the first bridge with an address, else whatever has one. */
const struct net_if *net_manage_choose(const struct net_plan *plan);
/* The guests' bridge: plan->guest_bridge. */
void net_manage_guests(struct net_make *m);
/* One default gateway, and no address on the guests' bridge. */
void net_manage_check(struct net_make *m);

/* A device of the line; name may be NULL (net_plan_make names it at the end). Name and double use are
 * checked.
 */
struct net_if *net_if_add(struct net_make *m, const struct net_kind *kind, const struct ks_network *line,
			  const char *name);
/* The device that word names: another line's, or a NIC (made here if no line has it). NULL with an error if
 * there is none. */
struct net_if *net_if_find(struct net_make *m, const struct ks_at *at, const char *word);
/* Without errors, and without making any. */
struct net_if *net_if_known(struct net_make *m, const char *word);
/* Put lower under upper; with master, as a port or leg that has nothing of its own. */
void net_if_put_under(struct net_make *m, const struct ks_at *at, struct net_if *upper, struct net_if *lower,
		      const char *word);
/* What must not stand on what, once all is attached. */
void net_stack_check(struct net_make *m);
/* What rtnetlink calls such a link: "bridge", "bond", "vlan", "" for a NIC. */
const char *net_if_kernel_kind(const struct net_if *dev);
/* Whether the line says something of its own about addresses. */
bool net_line_has_address(const struct ks_network *line);
void net_setting_add(struct net_make *m, struct net_setting **list, size_t *n, const char *key,
		     const char *value);
const char *net_setting_get(const struct net_setting *list, size_t n, const char *key);

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

/* The words of --ethtool, checked: "-K gro off", "speed 1000 duplex full", "wol g", "rx 4096". */
void net_ethtool_make(struct net_make *m, const struct ks_network *line, struct net_if *nic);
/* Lines of a .link file's [Link]. */
void net_ethtool_link(const struct net_if *nic, struct buf *b);
/* ethtool(8) commands, one a line. */
void net_ethtool_commands(const struct net_if *nic, const char *front, struct buf *b);

/* The six bytes of aa:bb:cc:dd:ee:ff; false: NULL, or no MAC. */
bool net_mac_parse(const char *text, uint8_t ret[6]);

/* The addresses of one network line, checked. */
void net_address_make(struct net_make *m, const struct ks_network *line, struct net_address *ret);
/* The address and route commands of %addon xenith; then, what two devices have both. */
void net_address_more(struct net_make *m);
/* "ADDRESS/LENGTH", however they are written. */
bool net_address_same(const char *a, const char *b);
bool net_address_any(const struct net_address *addr);
/* "192.0.2.11/24, gateway 192.0.2.1", "DHCP" or "no IPv4 address"; then IPv6's. */
void net_address_print(const struct net_address *addr, struct buf *b);
/* ipv6 is an address, neither "auto" nor "dhcp" nor NULL. */
bool net_address_fixed6(const struct net_address *addr);
/* IPv6 alone, "auto" or "dhcp": routers and servers give the host all its addresses. */
bool net_address_told6(const struct net_address *addr);
/* Routers are listened to, unless all that they could say is fixed. */
bool net_address_wants_ra(const struct net_address *addr);

/* MTUs go down to what carries a device; what doesn't fit is an error. */
void net_mtu_make(struct net_make *m);
/* DNS servers come from DHCP: systemd-resolved has to be there to take them. */
bool net_wants_resolved(const struct net_plan *plan);

#endif
