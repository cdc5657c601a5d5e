/* Questions as frames, and what answers them; ARP and DHCP. */
#include <net/if_arp.h>
#include <netinet/ip.h>
#include <netinet/udp.h>

#include "base/util.h"
#include "netbridge/ask.h"

#define DISCOVER 1
#define OFFER    2

/* RFC 2131 2, with the options of a DHCPDISCOVER. */
struct dhcp {
	uint8_t op, htype, hlen, hops;
	uint32_t xid;
	uint16_t secs, flags;
	uint32_t ciaddr, yiaddr, siaddr, giaddr;
	uint8_t chaddr[16], sname[64], file[128], magic[4], options[60];
};

static const uint8_t magic[] = { 99, 130, 83, 99 };

/* IPv4, UDP and DHCP: what is asked where there is no gateway to ask for. */
struct discover {
	struct iphdr ip;
	struct udphdr udp;
	struct dhcp dhcp;
} __attribute__((packed));

_Static_assert(ETH_HLEN + ASK_TAG_LEN + sizeof(struct discover) <= ASK_MAX, "the frame has room");

static uint16_t ip_sum(const void *data, size_t len)
{
	const uint8_t *p = data;
	uint32_t sum = 0;

	for (size_t i = 0; i + 1 < len; i += 2)
		sum += (uint32_t)(p[i] << 8 | p[i + 1]);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons((uint16_t)~sum);
}

/* The same for the same host: it is asked about once. */
static uint32_t xid_of(const struct asking *q)
{
	uint32_t xid;

	memcpy(&xid, q->host_mac + 2, sizeof(xid));
	return xid;
}

/* Broadcast, and answered so: nobody has an address yet. */
static void fill_discover(const struct asking *q, struct discover *d)
{
	static const uint8_t options[] = { 53, 1, DISCOVER, 55, 2, 1, 3, 255 };

	*d = (struct discover){ .ip = { .version = 4, .ihl = 5, .ttl = 64, .protocol = IPPROTO_UDP } };
	d->ip.tot_len = htons(sizeof(*d));
	d->ip.daddr = INADDR_BROADCAST;
	d->ip.check = ip_sum(&d->ip, sizeof(d->ip));
	d->udp.source = htons(68);
	d->udp.dest = htons(67);
	d->udp.len = htons(sizeof(*d) - sizeof(d->ip));
	d->dhcp.op = 1;
	d->dhcp.htype = 1;
	d->dhcp.hlen = ETH_ALEN;
	d->dhcp.xid = xid_of(q);
	d->dhcp.flags = htons(0x8000);
	memcpy(d->dhcp.chaddr, q->host_mac, ETH_ALEN);
	memcpy(d->dhcp.magic, magic, sizeof(magic));
	memcpy(d->dhcp.options, options, sizeof(options));
}

static void fill_arp(const struct asking *q, struct ether_arp *arp)
{
	*arp = (struct ether_arp){ .ea_hdr = { .ar_hrd = htons(ARPHRD_ETHER),
					       .ar_pro = htons(ETH_P_IP),
					       .ar_hln = ETH_ALEN,
					       .ar_pln = 4,
					       .ar_op = htons(ARPOP_REQUEST) } };
	memcpy(arp->arp_sha, q->mac, ETH_ALEN);
	memcpy(arp->arp_spa, q->from, 4);
	memcpy(arp->arp_tpa, q->gateway, 4);
}

static size_t put_arp(const struct asking *q, uint8_t *ret, uint8_t to[ETH_ALEN])
{
	struct ether_arp arp;

	fill_arp(q, &arp);
	memset(to, 0xff, ETH_ALEN);
	memcpy(ret, &arp, sizeof(arp));
	return sizeof(arp);
}

static size_t put_discover(const struct asking *q, uint8_t *ret, uint8_t to[ETH_ALEN])
{
	struct discover discover;

	fill_discover(q, &discover);
	memset(to, 0xff, ETH_ALEN);
	memcpy(ret, &discover, sizeof(discover));
	return sizeof(discover);
}

/* data is behind the Ethernet header. */
static bool is_reply(const struct asking *q, const uint8_t *data, size_t n)
{
	struct ether_arp arp;

	if (n < sizeof(arp))
		return false;
	memcpy(&arp, data, sizeof(arp));
	return arp.ea_hdr.ar_op == htons(ARPOP_REPLY) && !memcmp(arp.arp_spa, q->gateway, 4);
}

static bool is_offer(const struct asking *q, const uint8_t *data, size_t n)
{
	size_t ip = n ? (size_t)(data[0] & 15) * 4 : 0, at = ip + sizeof(struct udphdr);
	struct dhcp d;
	size_t room = offsetof(struct dhcp, options);

	if (ip < sizeof(struct iphdr) || n < at + room + 3 || data[9] != IPPROTO_UDP || data[ip + 3] != 68)
		return false;
	memcpy(&d, data + at, room);
	data += at + room;
	n -= at + room;
	if (d.op != 2 || d.xid != xid_of(q) || memcmp(d.chaddr, q->host_mac, ETH_ALEN) ||
	    memcmp(d.magic, magic, sizeof(magic)))
		return false;
	while (n >= 3 && data[0] != 255) {
		size_t len = data[0] ? (size_t)data[1] + 2 : 1;

		if (data[0] == 53)
			return data[2] == OFFER;
		if (len > n)
			return false;
		data += len;
		n -= len;
	}
	return false;
}

struct question {
	uint16_t type; /* of its frames, and of the answer's */
	size_t (*put)(const struct asking *q, uint8_t *ret, uint8_t to[ETH_ALEN]);
	bool (*is_answer)(const struct asking *q, const uint8_t *data, size_t n);
};

static const struct question questions[] = {
	[NET_ASKED_ARP] = { ETH_P_ARP, put_arp, is_reply },
	[NET_ASKED_DHCP] = { ETH_P_IP, put_discover, is_offer },
	[NET_ASKED_ND] = { ETH_P_IPV6, net_ask6_fill, net_ask6_is_answer },
	[NET_ASKED_ROUTER] = { ETH_P_IPV6, net_ask6_fill, net_ask6_is_answer },
};

void net_ask_request(struct asking *q)
{
	uint8_t *to = q->request.data, *at = to + ETH_ALEN;
	uint16_t type = htons(questions[q->what].type);
	uint16_t tag[] = { htons(ETH_P_8021Q), htons((uint16_t)q->way->vlan) };

	memcpy(at, q->mac, ETH_ALEN);
	at += ETH_ALEN;
	if (q->way->vlan) {
		memcpy(at, tag, sizeof(tag));
		at += sizeof(tag);
	}
	memcpy(at, &type, sizeof(type));
	at += sizeof(type);
	at += questions[q->what].put(q, at, to);
	q->request.len = (size_t)(at - q->request.data);
}

bool net_ask_is_answer(const struct asking *q, unsigned type, const uint8_t *data, size_t n)
{
	return type == questions[q->what].type && questions[q->what].is_answer(q, data, n);
}
