#include "netbridge/probe.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netdb.h>
#include <netinet/icmp6.h>
#include <netinet/if_ether.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>

#include "base/util.h"

#define PROBES      3
#define BETWEEN_MS  1000
#define ANNOUNCE_MS 2000
#define DNS_WAIT_MS 2500
#define CONNECT_S   10

static void print_mac(const uint8_t *m, char ret[18])
{
	snprintf(ret, 18, "%02x:%02x:%02x:%02x:%02x:%02x", m[0], m[1], m[2], m[3], m[4], m[5]);
}

/* The next packet within ms; 0: none. */
static ssize_t next_packet(int fd, void *data, size_t len, int64_t end)
{
	for (;;) {
		int64_t left = end - clock_ms(CLOCK_MONOTONIC);
		struct pollfd p = { .fd = fd, .events = POLLIN };
		ssize_t n;

		if (left <= 0)
			return 0;
		if (poll(&p, 1, (int)left) <= 0)
			continue;
		n = recv(fd, data, len, MSG_DONTWAIT);
		if (n > 0)
			return n;
	}
}

static int open_arp(const char *dev, struct sockaddr_ll *at)
{
	int fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, htons(ETH_P_ARP));
	socklen_t len = sizeof(*at);

	*at = (struct sockaddr_ll){ .sll_family = AF_PACKET,
				    .sll_protocol = htons(ETH_P_ARP),
				    .sll_ifindex = (int)if_nametoindex(dev) };
	if (fd >= 0 && at->sll_ifindex && bind(fd, (struct sockaddr *)at, sizeof(*at)) == 0 &&
	    getsockname(fd, (struct sockaddr *)at, &len) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

/* Someone else who says that ip is his, or probes for it himself. */
static bool conflicts(const struct ether_arp *arp, const struct ether_arp *mine)
{
	static const uint8_t none[4];

	if (!memcmp(arp->arp_sha, mine->arp_sha, ETH_ALEN))
		return false;
	if (!memcmp(arp->arp_spa, mine->arp_tpa, 4))
		return true;
	return ntohs(arp->ea_hdr.ar_op) == ARPOP_REQUEST && !memcmp(arp->arp_spa, none, 4) &&
	       !memcmp(arp->arp_tpa, mine->arp_tpa, 4);
}

int net_acd_probe(const char *dev, const char *ip, char mac[18])
{
	struct sockaddr_ll at;
	auto_close int fd = open_arp(dev, &at);
	struct ether_arp probe = { .ea_hdr = { .ar_hrd = htons(ARPHRD_ETHER),
					       .ar_pro = htons(ETH_P_IP),
					       .ar_hln = ETH_ALEN,
					       .ar_pln = 4,
					       .ar_op = htons(ARPOP_REQUEST) } };

	if (fd < 0 || inet_pton(AF_INET, ip, probe.arp_tpa) != 1)
		return -1;
	memcpy(probe.arp_sha, at.sll_addr, ETH_ALEN);
	at.sll_halen = ETH_ALEN;
	memset(at.sll_addr, 0xff, ETH_ALEN);
	for (int i = 0; i < PROBES; i++) {
		int64_t end = clock_ms(CLOCK_MONOTONIC) + (i + 1 < PROBES ? BETWEEN_MS : ANNOUNCE_MS);
		struct ether_arp arp;
		ssize_t n;

		if (sendto(fd, &probe, sizeof(probe), 0, (struct sockaddr *)&at, sizeof(at)) < 0)
			return -1;
		while ((n = next_packet(fd, &arp, sizeof(arp), end)) > 0)
			if (n == (ssize_t)sizeof(arp) && conflicts(&arp, &probe)) {
				print_mac(arp.arp_sha, mac);
				return 1;
			}
	}
	return 0;
}

struct solicitation {
	struct nd_neighbor_solicit ns;
	struct nd_opt_hdr opt;
	uint8_t mac[ETH_ALEN];
};

/* The answer's target link-layer address, of the right target. */
static bool is_advert(const uint8_t *data, size_t n, const struct in6_addr *target, char mac[18])
{
	const struct nd_neighbor_advert *na = (const void *)data;
	size_t at = sizeof(*na);

	if (n < at || na->nd_na_type != ND_NEIGHBOR_ADVERT ||
	    memcmp(&na->nd_na_target, target, sizeof(*target)))
		return false;
	snprintf(mac, 18, "MAC not told");
	if (n >= at + 8 && data[at] == ND_OPT_TARGET_LINKADDR)
		print_mac(data + at + 2, mac);
	return true;
}

bool net_nd_answers(const char *dev, const char *ip6, unsigned wait_s, char mac[18])
{
	auto_close int fd = socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMPV6);
	struct sockaddr_in6 to = { .sin6_family = AF_INET6, .sin6_scope_id = if_nametoindex(dev) };
	struct solicitation q = { .ns = { .nd_ns_hdr.icmp6_type = ND_NEIGHBOR_SOLICIT },
				  .opt = { ND_OPT_SOURCE_LINKADDR, 1 } };
	struct ifreq ifr = { 0 };
	int hops = 255, loop = 0;

	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", dev);
	if (fd < 0 || inet_pton(AF_INET6, ip6, &q.ns.nd_ns_target) != 1 || ioctl(fd, SIOCGIFHWADDR, &ifr) ||
	    setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, dev, (socklen_t)strlen(dev) + 1) ||
	    setsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, &hops, sizeof(hops)) ||
	    setsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, &loop, sizeof(loop)))
		return false;
	memcpy(q.mac, ifr.ifr_hwaddr.sa_data, ETH_ALEN);
	inet_pton(AF_INET6, "ff02::1:ff00:0", &to.sin6_addr); /* solicited-node, RFC 4291 2.7.1 */
	memcpy(&to.sin6_addr.s6_addr[13], &q.ns.nd_ns_target.s6_addr[13], 3);
	for (unsigned s = 0; s < wait_s; s++) {
		int64_t end = clock_ms(CLOCK_MONOTONIC) + BETWEEN_MS;
		uint8_t data[256];
		ssize_t n;

		if (sendto(fd, &q, sizeof(q), 0, (struct sockaddr *)&to, sizeof(to)) < 0 &&
		    errno != EADDRNOTAVAIL && errno != ENETDOWN)
			return false;
		while ((n = next_packet(fd, data, sizeof(data), end)) > 0)
			if (is_advert(data, (size_t)n, &q.ns.nd_ns_target, mac))
				return true;
	}
	return false;
}

bool net_dns_answers(const char *server)
{
	/* RFC 1035 4.1: an id, recursion wanted, one question: ". IN NS". */
	static const uint8_t query[] = { 0x58, 0x4e, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1 };
	struct addrinfo hints = { .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV, .ai_socktype = SOCK_DGRAM },
			*to = NULL;
	bool answered = false;
	int fd;

	if (getaddrinfo(server, "53", &hints, &to))
		return false;
	fd = socket(to->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, to->ai_addr, to->ai_addrlen) == 0)
		for (int i = 0; i < 2 && !answered; i++) {
			int64_t end = clock_ms(CLOCK_MONOTONIC) + DNS_WAIT_MS;
			struct pollfd p = { .fd = fd, .events = POLLIN };
			uint8_t data[512];

			if (send(fd, query, sizeof(query), MSG_NOSIGNAL) < 0)
				continue;
			/* A refused port is an error here, not something to wait for. */
			if (poll(&p, 1, (int)(end - clock_ms(CLOCK_MONOTONIC))) > 0) {
				ssize_t n = recv(fd, data, sizeof(data), MSG_DONTWAIT);

				answered = n >= 12 && data[0] == query[0] && data[1] == query[1];
			}
		}
	if (fd >= 0)
		close(fd);
	freeaddrinfo(to);
	return answered;
}

/* host and port of "http://host:8000/path", "[v6]" too. */
static bool split_url(const char *url, char **host, char **port)
{
	const char *at = strstr(url, "://"), *end, *colon;
	auto_free char *scheme = at ? xstrndup(url, (size_t)(at - url)) : NULL;

	if (!at)
		return false;
	at += 3;
	end = at + strcspn(at, "/?#");
	for (const char *c = at; c < end; c++)
		if (*c == '@')
			at = c + 1;
	colon = *at == '[' ? strchr(at, ']') : at;
	colon = colon ? strchr(colon, ':') : NULL;
	if (colon && colon < end)
		*port = xstrndup(colon + 1, (size_t)(end - colon - 1));
	else
		*port = xstrdup(str_eq(scheme, "https") ? "443" : str_eq(scheme, "nfs") ? "2049" : "80");
	if (!colon || colon > end)
		colon = end;
	*host = *at == '[' ? xstrndup(at + 1, strcspn(at + 1, "]")) : xstrndup(at, (size_t)(colon - at));
	return true;
}

static bool connects(const struct addrinfo *a)
{
	auto_close int fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct timeval wait = { .tv_sec = CONNECT_S };

	return fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait)) == 0 &&
	       connect(fd, a->ai_addr, a->ai_addrlen) == 0;
}

int net_url_connects(const char *url, struct err *err)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *all = NULL;
	auto_free char *host = NULL, *port = NULL;
	bool ok = false;
	int r;

	if (!split_url(url, &host, &port))
		return err_set(err, ERR_SRC_UNREACHED, "not a URL of a server");
	r = getaddrinfo(host, port, &hints, &all);
	if (r)
		return err_set(err, ERR_SRC_UNREACHED, "its name is not known: %s", gai_strerror(r));
	for (const struct addrinfo *a = all; a && !ok; a = a->ai_next)
		ok = connects(a);
	if (!ok)
		r = err_set(err, ERR_SRC_UNREACHED, "port %s does not take a connection: %s", port,
			    strerror(errno));
	freeaddrinfo(all);
	return r;
}
