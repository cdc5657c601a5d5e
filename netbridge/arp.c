/* Does an address answer on this wire? An ARP request of our own: ICMP is often filtered, ARP can't be. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/if_arp.h>
#include <netinet/if_ether.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>

#include "base/util.h"
#include "netbridge/live.h"

#define BETWEEN_MS 1000

struct asking {
	int fd;
	struct sockaddr_ll to;
	struct ether_arp request;
};

static int open_asking(const struct net_dev *dev, const char *from_ip, const char *ip, struct asking *ret,
		       struct err *err)
{
	struct sockaddr_ll here = { .sll_family = AF_PACKET,
				    .sll_protocol = htons(ETH_P_ARP),
				    .sll_ifindex = dev->index };
	socklen_t len = sizeof(here);
	struct ether_arp *q = &ret->request;

	*ret = (struct asking){ .fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, htons(ETH_P_ARP)) };
	if (ret->fd < 0 || bind(ret->fd, (struct sockaddr *)&here, sizeof(here)) ||
	    getsockname(ret->fd, (struct sockaddr *)&here, &len))
		return err_sys(err, "%s (%s): cannot open a packet socket for ARP", dev->name, dev->mac);
	ret->to = here;
	ret->to.sll_halen = ETH_ALEN;
	memset(ret->to.sll_addr, 0xff, ETH_ALEN);
	q->ea_hdr = (struct arphdr){ .ar_hrd = htons(ARPHRD_ETHER),
				     .ar_pro = htons(ETH_P_IP),
				     .ar_hln = ETH_ALEN,
				     .ar_pln = 4,
				     .ar_op = htons(ARPOP_REQUEST) };
	memcpy(q->arp_sha, here.sll_addr, ETH_ALEN);
	if (inet_pton(AF_INET, from_ip, q->arp_spa) != 1 || inet_pton(AF_INET, ip, q->arp_tpa) != 1)
		return err_set(err, ERR_NET_LINE, "%s, %s: not IPv4 addresses", from_ip, ip);
	return 0;
}

/* Wait for the answer to one request; other ARP traffic is passed over. */
static bool answered(const struct asking *q, struct ether_arp *answer)
{
	int64_t end = clock_ms(CLOCK_MONOTONIC) + BETWEEN_MS, left;

	while ((left = end - clock_ms(CLOCK_MONOTONIC)) > 0) {
		struct pollfd p = { .fd = q->fd, .events = POLLIN };
		ssize_t n;

		if (poll(&p, 1, (int)left) <= 0)
			continue;
		n = recv(q->fd, answer, sizeof(*answer), MSG_DONTWAIT);
		if (n == (ssize_t)sizeof(*answer) && answer->ea_hdr.ar_op == htons(ARPOP_REPLY) &&
		    !memcmp(answer->arp_spa, q->request.arp_tpa, sizeof(answer->arp_spa)))
			return true;
	}
	return false;
}

int net_arp_wait(const struct net_dev *dev, const char *from_ip, const char *ip, unsigned wait_s,
		 struct err *err)
{
	struct ether_arp answer;
	struct asking q;
	int r = open_asking(dev, from_ip, ip, &q, err);
	auto_close int fd = q.fd;

	for (unsigned s = 0; !r; s++) {
		if (sendto(fd, &q.request, sizeof(q.request), 0, (struct sockaddr *)&q.to, sizeof(q.to)) <
			    0 &&
		    errno != ENETDOWN && errno != ENOBUFS)
			return err_sys(err, "%s (%s): cannot send an ARP request", dev->name, dev->mac);
		if (answered(&q, &answer)) {
			const uint8_t *m = answer.arp_sha;

			log_printf(dev->log, "%s: %s is at %02x:%02x:%02x:%02x:%02x:%02x", dev->name, ip,
				   m[0], m[1], m[2], m[3], m[4], m[5]);
			return 0;
		}
		if (s + 1 >= wait_s)
			return err_set(
				err, ERR_NET_GATEWAY,
				"gateway %s does not answer on %s (%s): no ARP reply in %u s; check the "
				"address, the cable and the switch port's VLAN",
				ip, dev->name, dev->mac, wait_s);
		if (s % 5 == 4)
			log_printf(dev->log, "%s: waiting for gateway %s, %u of %u s", dev->name, ip, s + 1,
				   wait_s);
	}
	return r;
}
