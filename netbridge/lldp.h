/* What a switch says of itself on the wire (LLDP, IEEE 802.1AB-2016), to find the right cable. */
#ifndef NETBRIDGE_LLDP_H
#define NETBRIDGE_LLDP_H

#include "facts/facts.h"

#define LLDP_FRAME_MAX 1600
#define LLDP_ETHERTYPE 0x88cc

/* Texts are printable ASCII, whatever came over the wire; NULL where the frame doesn't say. */
struct net_lldp {
	const char *chassis, *port;               /* MAC addresses with colons, addresses, or names */
	const char *port_text, *name, *name_text; /* port description, system name and description */
	const char *address;                      /* of its management */
	unsigned ttl_s;                           /* 0: the neighbour goes */
	unsigned pvid;                            /* VLAN of untagged frames; 0: not said */
	unsigned vlans[32];                       /* that the port carries, as far as it names them */
	size_t n_vlans;
	bool aggregated; /* the port is in a link aggregation group now */
	unsigned max_frame;
};

/*
 * A whole Ethernet frame, VLAN tag or not. false for what is no LLDP frame: another type, a chassis, port or
 * time to live that is missing or out of order, a TLV that is longer than the frame. Strings are a's.
 */
bool net_lldp_parse(const uint8_t *frame, size_t len, struct arena *a, struct net_lldp *ret);
/* "switch sw1.example.org, port Gi1/0/3 (uplink xen11), VLAN 10, address 192.0.2.2" */
void net_lldp_print(const struct net_lldp *lldp, struct buf *b);

/* NICs that are listened to from the moment of opening; the kernel keeps what comes. */
struct net_lldp_listener;

/* Listen on all NICs of facts, which are set up if they are down. Never NULL; NICs that can't be opened are
 * left out. */
struct net_lldp_listener *net_lldp_open(const struct facts *facts);
/* Take what came, and wait until each NIC with a link has heard its switch, wait_s at most (0: not at all).
 */
void net_lldp_read(struct net_lldp_listener *l, unsigned wait_s);
/* What was heard last on that NIC; NULL: nothing. Valid until closed. */
const struct net_lldp *net_lldp_of(const struct net_lldp_listener *l, const char *nic);
void net_lldp_close(struct net_lldp_listener *l);

#endif
