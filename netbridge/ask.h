/* One question on one way: net_ways_ask's inside. */
#ifndef NETBRIDGE_ASK_H
#define NETBRIDGE_ASK_H

#include <netinet/if_ether.h>

#include "netbridge/fallback.h"

#define ASK_TAG_LEN 4
#define ASK_MAX     600

/* Ethernet, perhaps a tag, then ARP, IPv4 or IPv6. */
struct frame {
	uint8_t data[ASK_MAX];
	size_t len;
};

/* A way that is asked on. */
struct asking {
	struct net_way *way;
	int fd;
	enum net_asked what;
	uint8_t mac[ETH_ALEN], host_mac[ETH_ALEN], from[4], gateway[4], gateway6[16];
	struct frame request;
};

/* Fill q->request from the rest of q. */
void net_ask_request(struct asking *q);
/* Whether these bytes behind the Ethernet header, of that type, are the answer. */
bool net_ask_is_answer(const struct asking *q, unsigned type, const uint8_t *data, size_t n);

/*
 * A neighbour or router solicitation (RFC 4861 4.3, 4.1) from the card's own link-local address. to: the
 * multicast MAC that it goes to. Its length; ret has room.
 */
size_t net_ask6_fill(const struct asking *q, uint8_t *ret, uint8_t to[ETH_ALEN]);
/* The gateway's own advertisement, or that of a router which offers a default route. */
bool net_ask6_is_answer(const struct asking *q, const uint8_t *data, size_t n);

#endif
