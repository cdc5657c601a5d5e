/*
 * An address by DHCPv6, RFC 8415: Solicit, and Request unless the server commits at once.
 *
 * The lease is not renewed: an installation is over before half of its time. The route comes from routers,
 * as DHCPv6 has none.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>

#include "base/buf.h"
#include "base/util.h"
#include "netbridge/kind.h"
#include "netbridge/live.h"

#define CLIENT_PORT 546
#define SERVER_PORT 547
#define SERVERS     "ff02::1:2" /* All_DHCP_Relay_Agents_and_Servers */

enum { SOLICIT = 1, ADVERTISE = 2, REQUEST = 3, REPLY = 7 };
enum {
	CLIENTID = 1,
	SERVERID = 2,
	IA_NA = 3,
	IAADDR = 5,
	ORO = 6,
	ELAPSED = 8,
	STATUS = 13,
	RAPID = 14,
	DNS = 23
};

struct bytes {
	const uint8_t *p;
	size_t n;
};

struct client {
	const struct net_dev *dev;
	int fd;
	uint8_t xid[3], duid[10], iaid[4]; /* the DUID is one of the link-layer address, 11.4 */
	struct buf server;                 /* its DUID, once one was chosen */
	struct in6_addr offered;
	char why[128]; /* what the last server that had nothing said */
};

static unsigned get16(const uint8_t *p)
{
	return (unsigned)p[0] << 8 | p[1];
}

static void put_option(struct buf *b, unsigned code, const void *data, size_t len)
{
	const uint8_t head[] = { (uint8_t)(code >> 8), (uint8_t)code, (uint8_t)(len >> 8), (uint8_t)len };

	buf_add(b, head, sizeof(head));
	buf_add(b, data, len);
}

/* The first option of this code; false: none, or what stands before it is cut off. */
static bool find_option(struct bytes in, unsigned code, struct bytes *ret)
{
	while (in.n >= 4) {
		size_t len = get16(in.p + 2);

		if (len > in.n - 4)
			return false;
		if (get16(in.p) == code) {
			*ret = (struct bytes){ in.p + 4, len };
			return true;
		}
		in.p += 4 + len;
		in.n -= 4 + len;
	}
	return false;
}

/* 21.13: no status is success. */
static bool is_success(struct client *c, struct bytes options)
{
	struct bytes status;

	if (!find_option(options, STATUS, &status) || (status.n >= 2 && !get16(status.p)))
		return true;
	snprintf(c->why, sizeof(c->why), "status %u", status.n >= 2 ? get16(status.p) : 0);
	return false;
}

static void make_message(const struct client *c, uint8_t type, unsigned elapsed_cs, struct buf *b)
{
	const uint8_t elapsed[] = { (uint8_t)(elapsed_cs >> 8), (uint8_t)elapsed_cs }, wanted[] = { 0, DNS };
	uint8_t ia[12] = { 0 }, addr[24] = { 0 };
	auto_buf na = { 0 };

	buf_add(b, &type, 1);
	buf_add(b, c->xid, sizeof(c->xid));
	put_option(b, CLIENTID, c->duid, sizeof(c->duid));
	memcpy(ia, c->iaid, sizeof(c->iaid));
	buf_add(&na, ia, sizeof(ia));
	if (type == REQUEST) {
		put_option(b, SERVERID, c->server.data, c->server.len);
		memcpy(addr, &c->offered, sizeof(c->offered));
		put_option(&na, IAADDR, addr, sizeof(addr));
	} else {
		put_option(b, RAPID, "", 0);
	}
	put_option(b, IA_NA, na.data, na.len);
	put_option(b, ORO, wanted, sizeof(wanted));
	put_option(b, ELAPSED, elapsed, sizeof(elapsed));
}

/* What a server's message gives; 0: not for us, or nothing in it. Else its type. */
static unsigned take_message(struct client *c, struct bytes msg, struct bytes *options)
{
	struct bytes id, server, na, addr;

	if (msg.n < 4 || memcmp(msg.p + 1, c->xid, sizeof(c->xid)) != 0 ||
	    (msg.p[0] != ADVERTISE && msg.p[0] != REPLY))
		return 0;
	*options = (struct bytes){ msg.p + 4, msg.n - 4 };
	if (!find_option(*options, CLIENTID, &id) || id.n != sizeof(c->duid) ||
	    memcmp(id.p, c->duid, id.n) != 0 || !find_option(*options, SERVERID, &server) || !server.n)
		return 0;
	if (!is_success(c, *options) || !find_option(*options, IA_NA, &na) || na.n < 12 ||
	    memcmp(na.p, c->iaid, sizeof(c->iaid)) != 0)
		return 0;
	na = (struct bytes){ na.p + 12, na.n - 12 };
	if (!is_success(c, na) || !find_option(na, IAADDR, &addr) || addr.n < 24 ||
	    !is_success(c, (struct bytes){ addr.p + 24, addr.n - 24 }) ||
	    !memcmp(addr.p + 20, "\0\0\0\0", 4)) /* valid for no time */
		return 0;
	memcpy(&c->offered, addr.p, sizeof(c->offered));
	buf_clear(&c->server);
	buf_add(&c->server, server.p, server.n);
	return msg.p[0];
}

static void take_servers(struct bytes options, struct net_lease6 *ret)
{
	struct bytes dns;

	ret->n_nameservers = 0;
	if (!find_option(options, DNS, &dns))
		return;
	for (; dns.n >= 16 && ret->n_nameservers < ARRAY_SIZE(ret->nameservers); dns.p += 16, dns.n -= 16)
		inet_ntop(AF_INET6, dns.p, ret->nameservers[ret->n_nameservers++], INET6_ADDRSTRLEN);
}

/* The next message that gives something, until end (of CLOCK_MONOTONIC, in ms); its type, or 0. */
static unsigned receive(struct client *c, int64_t end, struct net_lease6 *ret)
{
	int64_t left;

	while ((left = end - clock_ms(CLOCK_MONOTONIC)) > 0) {
		struct pollfd p = { .fd = c->fd, .events = POLLIN };
		struct bytes options;
		uint8_t in[1500];
		unsigned type;
		ssize_t n;

		if (poll(&p, 1, (int)left) <= 0)
			continue;
		n = recv(c->fd, in, sizeof(in), MSG_DONTWAIT);
		type = n > 0 ? take_message(c, (struct bytes){ in, (size_t)n }, &options) : 0;
		if (type)
			take_servers(options, ret);
		if (type)
			return type;
	}
	return 0;
}

/* Until the device has a link-local address that is surely its own, there is nothing to send from. */
static bool is_too_early(void)
{
	return errno == EADDRNOTAVAIL || errno == ENETUNREACH || errno == ENETDOWN || errno == ENOBUFS;
}

static int talk(struct client *c, unsigned wait_s, struct net_lease6 *ret, struct err *err)
{
	struct sockaddr_in6 to = { .sin6_family = AF_INET6,
				   .sin6_port = htons(SERVER_PORT),
				   .sin6_scope_id = (uint32_t)c->dev->index };
	int64_t began = clock_ms(CLOCK_MONOTONIC), end = began + (int64_t)wait_s * 1000, pause = 1000;
	uint8_t say = SOLICIT;

	inet_pton(AF_INET6, SERVERS, &to.sin6_addr);
	for (int64_t now = began; now < end; now = clock_ms(CLOCK_MONOTONIC)) {
		auto_buf b = { 0 };
		unsigned type;

		make_message(c, say, (unsigned)MIN((now - began) / 10, 0xffff), &b);
		if (sendto(c->fd, b.data, b.len, 0, (struct sockaddr *)&to, sizeof(to)) < 0 &&
		    !is_too_early())
			return err_sys(err, "%s (%s): cannot ask for an address by DHCPv6", c->dev->name,
				       c->dev->mac);
		type = receive(c, MIN(now + pause, end), ret);
		if (type == REPLY) {
			inet_ntop(AF_INET6, &c->offered, ret->ip, sizeof(ret->ip));
			return 0;
		}
		/* 18.2.1: who asked in vain waits longer; an answer is gone on with at once. */
		pause = type || say == REQUEST ? 1000 : MIN(pause * 2, 8000);
		say = type == ADVERTISE ? REQUEST : SOLICIT;
	}
	return err_set(err, ERR_NET_NO_DHCP, "%s (%s): no address by DHCPv6 within %u s%s%s", c->dev->name,
		       c->dev->mac, wait_s, *c->why ? ": the server says " : "", c->why);
}

static int open_client(struct client *c, struct err *err)
{
	struct sockaddr_in6 here = { .sin6_family = AF_INET6, .sin6_port = htons(CLIENT_PORT) };
	const int on = 1;

	if (!net_mac_parse(c->dev->mac, c->duid + 4) ||
	    getrandom(c->xid, sizeof(c->xid), 0) != (ssize_t)sizeof(c->xid))
		return err_set(err, ERR_SYS, "%s (%s): cannot make a DHCPv6 client of it", c->dev->name,
			       c->dev->mac);
	memcpy(c->duid, (const uint8_t[]){ 0, 3, 0, 1 }, 4); /* DUID-LL, Ethernet */
	memcpy(c->iaid, c->duid + 6, sizeof(c->iaid));
	c->fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (c->fd < 0 || setsockopt(c->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
	    setsockopt(c->fd, SOL_SOCKET, SO_BINDTODEVICE, c->dev->name, (socklen_t)strlen(c->dev->name)) ||
	    bind(c->fd, (struct sockaddr *)&here, sizeof(here)))
		return err_sys(err, "%s (%s): cannot open the port of a DHCPv6 client", c->dev->name,
			       c->dev->mac);
	return 0;
}

int net_dhcp6_lease(const struct net_dev *dev, unsigned wait_s, struct net_lease6 *ret, struct err *err)
{
	struct client c = { .dev = dev, .fd = -1 };
	int r = open_client(&c, err);
	auto_close int fd = c.fd;

	(void)fd;
	if (!r)
		r = talk(&c, wait_s, ret, err);
	buf_clear(&c.server);
	return r;
}
