/* One question on one way: net_ways_ask's inside. */
#ifndef NETBRIDGE_ASK_H
#define NETBRIDGE_ASK_H

#include <netinet/if_ether.h>

#include "netbridge/fallback.h"

#define ASK_TAG_LEN 4
#define ASK_MAX     600

/* Ethernet, perhaps a tag, then ARP or IPv4. */
struct frame {
	uint8_t data[ASK_MAX];
	size_t len;
};

/* A way that is asked on. */
struct asking {
	struct net_way *way;
	int fd;
	uint8_t mac[ETH_ALEN], host_mac[ETH_ALEN], from[4], gateway[4];
	bool dhcp;
	struct frame request;
};

/* Fill q->request from the rest of q. */
void net_ask_request(struct asking *q);
/* Whether these bytes behind the Ethernet header are the answer: ARP's, DHCP's. */
bool net_ask_is_reply(const struct asking *q, const uint8_t *data, size_t n);
bool net_ask_is_offer(const struct asking *q, const uint8_t *data, size_t n);

#endif
