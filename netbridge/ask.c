/*
 * Who has the gateway's address, or a lease, asked on many wires and VLANs at once, below all that is
 * configured on them.
 */
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <netinet/if_ether.h>
#include <poll.h>
#include <net/if.h>
#include <sys/socket.h>
#include <time.h>

#include "base/util.h"
#include "netbridge/ask.h"
#include "netbridge/kind.h"
#include "netbridge/live.h"

#define BETWEEN_MS 1000

/* Promiscuous: a card's filter lets only those VLANs through that are configured. Tags come beside the frame.
 */
static int open_way(const struct net_way *way)
{
	struct sockaddr_ll here = { .sll_family = AF_PACKET,
				    .sll_protocol = htons(ETH_P_ALL),
				    .sll_ifindex = (int)if_nametoindex(way->nic->name) };
	struct packet_mreq all = { .mr_ifindex = here.sll_ifindex, .mr_type = PACKET_MR_PROMISC };
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), one = 1;
	struct net_dev dev;

	if (!net_dev_open(way->nic->name, NULL, &dev, NULL))
		net_dev_up(&dev, NULL);
	if (fd >= 0 && here.sll_ifindex && !setsockopt(fd, SOL_PACKET, PACKET_AUXDATA, &one, sizeof(one)) &&
	    !setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &all, sizeof(all)) &&
	    !bind(fd, (struct sockaddr *)&here, sizeof(here)))
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

/* The next frame and its VLAN, wherever the tag is. 0: none is there. */
static ssize_t next_frame(int fd, uint8_t *data, size_t size, unsigned *vlan, bool *own)
{
	union {
		struct cmsghdr h;
		uint8_t room[CMSG_SPACE(sizeof(struct tpacket_auxdata))];
	} control;
	struct sockaddr_ll from = { 0 };
	struct iovec iov = { data, size };
	struct msghdr m = { .msg_name = &from,
			    .msg_namelen = sizeof(from),
			    .msg_iov = &iov,
			    .msg_iovlen = 1,
			    .msg_control = &control,
			    .msg_controllen = sizeof(control) };
	ssize_t n = recvmsg(fd, &m, 0);

	*vlan = 0;
	*own = from.sll_pkttype == PACKET_OUTGOING;
	for (struct cmsghdr *c = n > 0 ? CMSG_FIRSTHDR(&m) : NULL; c; c = CMSG_NXTHDR(&m, c)) {
		struct tpacket_auxdata aux;

		if (c->cmsg_level != SOL_PACKET || c->cmsg_type != PACKET_AUXDATA)
			continue;
		memcpy(&aux, CMSG_DATA(c), sizeof(aux));
		if (aux.tp_status & TP_STATUS_VLAN_VALID)
			*vlan = aux.tp_vlan_tci & 0xfff;
	}
	if (n > ETH_HLEN + ASK_TAG_LEN && data[12] == 0x81 && data[13] == 0) {
		*vlan = (unsigned)(data[14] << 8 | data[15]) & 0xfff;
		memmove(data + 12, data + 16, (size_t)n - 16);
		n -= ASK_TAG_LEN;
	}
	return n;
}

static void take(struct asking *q)
{
	uint8_t data[2048];
	unsigned vlan;
	bool own;
	ssize_t n;

	while ((n = next_frame(q->fd, data, sizeof(data), &vlan, &own)) > 0) {
		const uint8_t *m = data + ETH_ALEN;
		unsigned type = n > ETH_HLEN ? (unsigned)(data[12] << 8 | data[13]) : 0;
		size_t len = n > ETH_HLEN ? (size_t)n - ETH_HLEN : 0;

		if (own || vlan != q->way->vlan || !net_ask_is_answer(q, type, data + ETH_HLEN, len))
			continue;
		q->way->answered = true;
		snprintf(q->way->mac, sizeof(q->way->mac), "%02x:%02x:%02x:%02x:%02x:%02x", m[0], m[1], m[2],
			 m[3], m[4], m[5]);
	}
}

static void collect(struct asking *all, size_t n, int64_t end)
{
	auto_free struct pollfd *fds = xcalloc(n, sizeof(*fds));
	int64_t left;

	while ((left = end - clock_ms(CLOCK_MONOTONIC)) > 0) {
		for (size_t i = 0; i < n; i++)
			fds[i] = (struct pollfd){ all[i].fd, POLLIN, 0 };
		if (poll(fds, (nfds_t)n, (int)left) <= 0)
			continue;
		for (size_t i = 0; i < n; i++)
			if (fds[i].revents)
				take(&all[i]);
	}
}

enum net_asked net_asked_of(const struct net_address *addr)
{
	if (addr->proto == NET_DHCP)
		return NET_ASKED_DHCP;
	if (addr->proto == NET_STATIC && addr->gateway)
		return NET_ASKED_ARP;
	if (addr->ipv6gateway)
		return NET_ASKED_ND;
	return net_address_told6(addr) && !addr->no_default_route ? NET_ASKED_ROUTER : NET_ASKED_NOTHING;
}

/* From the card's own address: a bond's legs all have the bond's, and a switch would send all answers to one.
 */
static bool prepare(struct asking *q, const struct net_if *manage)
{
	const struct net_address *addr = &manage->addr;

	if (!net_mac_parse(q->way->nic->mac, q->mac))
		return false;

	q->what = net_asked_of(addr);
	switch (q->what) {
	case NET_ASKED_ARP:
		return inet_pton(AF_INET, addr->ip, q->from) == 1 &&
		       inet_pton(AF_INET, addr->gateway, q->gateway) == 1;
	case NET_ASKED_DHCP:
		return net_mac_parse(manage->mac, q->host_mac);
	case NET_ASKED_ND:
		return inet_pton(AF_INET6, addr->ipv6gateway, q->gateway6) == 1;
	case NET_ASKED_ROUTER:
		return true;
	default:
		return false;
	}
}

void net_ways_ask(struct net_ways *ways, const struct net_if *manage, unsigned wait_s)
{
	auto_free struct asking *all = xcalloc(ways->n + 1, sizeof(*all));

	for (size_t i = 0; i < ways->n; i++) {
		all[i].way = &ways->v[i];
		all[i].fd = prepare(&all[i], manage) ? open_way(&ways->v[i]) : -1;
		if (all[i].fd >= 0)
			net_ask_request(&all[i]);
	}
	for (unsigned s = 0; s < wait_s && ways->n; s++) {
		for (size_t i = 0; i < ways->n; i++)
			if (all[i].fd >= 0 && !all[i].way->answered)
				send(all[i].fd, all[i].request.data, all[i].request.len, 0);
		collect(all, ways->n, clock_ms(CLOCK_MONOTONIC) + BETWEEN_MS);
	}
	for (size_t i = 0; i < ways->n; i++)
		if (all[i].fd >= 0)
			close(all[i].fd);
}
