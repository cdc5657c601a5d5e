/* The table of the machine's ports: MAC, driver, speed, link, and the switch and port at the other end. */
#ifndef NETBRIDGE_NICS_H
#define NETBRIDGE_NICS_H

#include "base/json.h"
#include "netbridge/lldp.h"

/*
 * Set all ports up, listen at most wait_s seconds (switches speak every 30 s) until each port with a link has
 * heard its switch, then read the ports. *ret and *ret_l are the caller's to clear and close.
 */
int net_nics_listen(unsigned wait_s, struct facts *ret, struct net_lldp_listener **ret_l, struct err *err);
/* A line a port: "eno1  02:00:5e:20:00:01  tg3  1 Gbit/s  switch sw1, port Gi1/0/3, untagged VLAN 10". l may
 * be NULL. */
void net_nics_print(const struct facts *facts, const struct net_lldp_listener *l, struct buf *b);
json_t *net_nics_json(const struct facts *facts, const struct net_lldp_listener *l);

#endif
