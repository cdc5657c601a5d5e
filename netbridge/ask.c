/* Who has an address, asked on many wires and VLANs at once, below all that is configured on them. */
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/if_arp.h>
#include <netinet/if_ether.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <net/if.h>
#include <sys/socket.h>
#include <time.h>

#include "base/util.h"
#include "netbridge/fallback.h"
#include "netbridge/live.h"

#define BETWEEN_MS 1000
#define TAG_LEN    4

/* Ethernet, perhaps a tag, ARP. */
struct frame {
	uint8_t data[ETH_HLEN + TAG_LEN + sizeof(struct ether_arp)];
	size_t len;
};

/* A way that is asked on. */
struct asking {
	struct net_way *way;
	int fd;
	uint8_t mac[ETH_ALEN], gateway[4];
	struct frame request;
};

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* Promiscuous: a card's filter lets only those VLANs through that are configured. Tags come beside the frame.
 */
static int open_way(const struct net_way *way, uint8_t mac[ETH_ALEN])
{
	struct sockaddr_ll here = { .sll_family = AF_PACKET,
				    .sll_protocol = htons(ETH_P_ALL),
				    .sll_ifindex = (int)if_nametoindex(way->nic->name) };
	struct packet_mreq all = { .mr_ifindex = here.sll_ifindex, .mr_type = PACKET_MR_PROMISC };
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), one = 1;
	struct net_dev dev;
	struct ifreq ifr = { 0 };

	if (!net_dev_open(way->nic->name, NULL, &dev, NULL))
		net_dev_up(&dev, NULL);
	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", way->nic->name);
	if (fd >= 0 && here.sll_ifindex && !setsockopt(fd, SOL_PACKET, PACKET_AUXDATA, &one, sizeof(one)) &&
	    !setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &all, sizeof(all)) &&
	    !ioctl(fd, SIOCGIFHWADDR, &ifr) && !bind(fd, (struct sockaddr *)&here, sizeof(here))) {
		memcpy(mac, ifr.ifr_hwaddr.sa_data, ETH_ALEN);
		return fd;
	}
	if (fd >= 0)
		close(fd);
	return -1;
}

static void make_request(struct asking *q, const uint8_t from[4])
{
	struct ether_arp arp = { .ea_hdr = { .ar_hrd = htons(ARPHRD_ETHER),
					     .ar_pro = htons(ETH_P_IP),
					     .ar_hln = ETH_ALEN,
					     .ar_pln = 4,
					     .ar_op = htons(ARPOP_REQUEST) } };
	uint8_t *at = q->request.data;
	uint16_t type = htons(ETH_P_ARP), tag[] = { htons(ETH_P_8021Q), htons((uint16_t)q->way->vlan) };

	memset(at, 0xff, ETH_ALEN);
	memcpy(at + ETH_ALEN, q->mac, ETH_ALEN);
	at += 2 * ETH_ALEN;
	if (q->way->vlan) {
		memcpy(at, tag, sizeof(tag));
		at += sizeof(tag);
	}
	memcpy(at, &type, sizeof(type));
	at += sizeof(type);
	memcpy(arp.arp_sha, q->mac, ETH_ALEN);
	memcpy(arp.arp_spa, from, 4);
	memcpy(arp.arp_tpa, q->gateway, 4);
	memcpy(at, &arp, sizeof(arp));
	q->request.len = (size_t)(at - q->request.data) + sizeof(arp);
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
	if (n > ETH_HLEN + TAG_LEN && data[12] == 0x81 && data[13] == 0) {
		*vlan = (unsigned)(data[14] << 8 | data[15]) & 0xfff;
		memmove(data + 12, data + 16, (size_t)n - 16);
		n -= TAG_LEN;
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
		struct ether_arp arp;

		if (own || vlan != q->way->vlan || (size_t)n < ETH_HLEN + sizeof(arp) || data[12] != 0x08 ||
		    data[13] != 0x06)
			continue;
		memcpy(&arp, data + ETH_HLEN, sizeof(arp));
		if (arp.ea_hdr.ar_op != htons(ARPOP_REPLY) || memcmp(arp.arp_spa, q->gateway, 4))
			continue;
		q->way->answered = true;
		snprintf(q->way->mac, sizeof(q->way->mac), "%02x:%02x:%02x:%02x:%02x:%02x", arp.arp_sha[0],
			 arp.arp_sha[1], arp.arp_sha[2], arp.arp_sha[3], arp.arp_sha[4], arp.arp_sha[5]);
	}
}

static void collect(struct asking *all, size_t n, int64_t end)
{
	auto_free struct pollfd *fds = xcalloc(n, sizeof(*fds));
	int64_t left;

	while ((left = end - now_ms()) > 0) {
		for (size_t i = 0; i < n; i++)
			fds[i] = (struct pollfd){ all[i].fd, POLLIN, 0 };
		if (poll(fds, (nfds_t)n, (int)left) <= 0)
			continue;
		for (size_t i = 0; i < n; i++)
			if (fds[i].revents)
				take(&all[i]);
	}
}

void net_ways_ask(struct net_ways *ways, const char *from_ip, const char *gateway, unsigned wait_s)
{
	auto_free struct asking *all = xcalloc(ways->n + 1, sizeof(*all));
	uint8_t from[4], to[4];

	if (!ways->n || inet_pton(AF_INET, from_ip, from) != 1 || inet_pton(AF_INET, gateway, to) != 1)
		return;
	for (size_t i = 0; i < ways->n; i++) {
		all[i].way = &ways->v[i];
		memcpy(all[i].gateway, to, 4);
		all[i].fd = open_way(&ways->v[i], all[i].mac);
		make_request(&all[i], from);
	}
	for (unsigned s = 0; s < wait_s; s++) {
		for (size_t i = 0; i < ways->n; i++)
			if (all[i].fd >= 0 && !all[i].way->answered)
				send(all[i].fd, all[i].request.data, all[i].request.len, 0);
		collect(all, ways->n, now_ms() + BETWEEN_MS);
	}
	for (size_t i = 0; i < ways->n; i++)
		if (all[i].fd >= 0)
			close(all[i].fd);
}
