/* Neighbour and router solicitations as frames, and the advertisements that answer them (RFC 4861). */
#include <netinet/icmp6.h>
#include <netinet/ip6.h>

#include "base/util.h"
#include "netbridge/ask.h"

#define HOPS 255 /* whatever has come through a router has less */

/* A target's address, in neighbour solicitations only, stands between the two. */
struct link_option {
	uint8_t type, len_8; /* in units of 8 bytes */
	uint8_t mac[ETH_ALEN];
};

/* Modified EUI-64, RFC 4291 appendix A. */
static void link_local(const uint8_t *mac, struct in6_addr *ret)
{
	*ret = (struct in6_addr){ .s6_addr = { 0xfe, 0x80, [8] = mac[0] ^ 2, mac[1], mac[2], 0xff, 0xfe,
					       mac[3], mac[4], mac[5] } };
}

/* The solicited-node group of an address (RFC 4291 2.7.1), or all routers. */
static void group_of(const struct asking *q, struct in6_addr *ret)
{
	*ret = (struct in6_addr){ .s6_addr = { 0xff, 0x02, [15] = 2 } };
	if (q->what != NET_ASKED_ND)
		return;
	ret->s6_addr[11] = 1;
	ret->s6_addr[12] = 0xff;
	memcpy(&ret->s6_addr[13], q->gateway6 + 13, 3);
}

static void add_sum(const void *data, size_t len, uint32_t *sum)
{
	const uint8_t *p = data;

	for (size_t i = 0; i < len; i++)
		*sum += i % 2 ? p[i] : (uint32_t)p[i] << 8;
}

/* Over the pseudo-header too (RFC 8200 8.1). */
static uint16_t icmp6_sum(const struct ip6_hdr *ip, const void *data, size_t len)
{
	uint32_t sum = (uint32_t)len + IPPROTO_ICMPV6;

	add_sum(&ip->ip6_src, sizeof(ip->ip6_src), &sum);
	add_sum(&ip->ip6_dst, sizeof(ip->ip6_dst), &sum);
	add_sum(data, len, &sum);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons((uint16_t)~sum);
}

size_t net_ask6_fill(const struct asking *q, uint8_t *ret, uint8_t to[ETH_ALEN])
{
	bool nd = q->what == NET_ASKED_ND;
	struct icmp6_hdr icmp = { .icmp6_type = nd ? ND_NEIGHBOR_SOLICIT : ND_ROUTER_SOLICIT };
	struct link_option option = { ND_OPT_SOURCE_LINKADDR, 1, { 0 } };
	size_t target = nd ? sizeof(q->gateway6) : 0, len = sizeof(icmp) + target + sizeof(option);
	struct ip6_hdr ip = { .ip6_nxt = IPPROTO_ICMPV6, .ip6_hops = HOPS };
	uint8_t *body = ret + sizeof(ip);

	ip.ip6_vfc = 6 << 4; /* within the flow, which an initializer would clear again */
	ip.ip6_plen = htons((uint16_t)len);
	link_local(q->mac, &ip.ip6_src);
	group_of(q, &ip.ip6_dst);
	memcpy(option.mac, q->mac, ETH_ALEN);
	memcpy(to, (const uint8_t[]){ 0x33, 0x33 }, 2);
	memcpy(to + 2, &ip.ip6_dst.s6_addr[12], 4);
	memcpy(ret, &ip, sizeof(ip));
	memcpy(body, &icmp, sizeof(icmp));
	memcpy(body + sizeof(icmp), q->gateway6, target);
	memcpy(body + sizeof(icmp) + target, &option, sizeof(option));
	icmp.icmp6_cksum = icmp6_sum(&ip, body, len);
	memcpy(body, &icmp, sizeof(icmp));
	return sizeof(ip) + len;
}

bool net_ask6_is_answer(const struct asking *q, const uint8_t *data, size_t n)
{
	struct nd_neighbor_advert na;
	struct nd_router_advert ra;
	struct ip6_hdr ip;

	if (n < sizeof(ip) + sizeof(ra))
		return false;
	memcpy(&ip, data, sizeof(ip));
	memcpy(&ra, data + sizeof(ip), sizeof(ra));
	if (ip.ip6_nxt != IPPROTO_ICMPV6 || ip.ip6_hops != HOPS)
		return false;
	if (q->what == NET_ASKED_ROUTER)
		return ra.nd_ra_type == ND_ROUTER_ADVERT && ra.nd_ra_router_lifetime;
	if (n < sizeof(ip) + sizeof(na))
		return false;
	memcpy(&na, data + sizeof(ip), sizeof(na));
	return na.nd_na_type == ND_NEIGHBOR_ADVERT && !memcmp(&na.nd_na_target, q->gateway6, 16);
}
