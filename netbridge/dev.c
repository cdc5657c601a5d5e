/* One NIC of the running kernel, through rtnetlink (libnl-route). */
#include <linux/if_addr.h>
#include <net/if.h>
#include <netlink/cache.h>
#include <netlink/route/addr.h>
#include <netlink/route/link.h>
#include <netlink/route/route.h>
#include <time.h>

#include "base/util.h"
#include "netbridge/kind.h"
#include "netbridge/live.h"

static inline void close_socket(struct nl_sock **sk)
{
	nl_socket_free(*sk);
}

#define auto_socket __attribute__((cleanup(close_socket))) struct nl_sock

static int open_socket(struct nl_sock **ret, struct err *err)
{
	struct nl_sock *sk = nl_socket_alloc();
	int r;

	if (!sk)
		abort(); /* out of memory */
	r = nl_connect(sk, NETLINK_ROUTE);
	if (r < 0) {
		nl_socket_free(sk);
		return err_set(err, ERR_SYS, "cannot open a rtnetlink socket: %s", nl_geterror(r));
	}
	*ret = sk;
	return 0;
}

static int get_link(struct nl_sock *sk, const char *name, struct rtnl_link **ret, struct err *err)
{
	int r = rtnl_link_get_kernel(sk, 0, name, ret);

	return r < 0 ? err_set(err, ERR_NET_NIC_GONE, "%s: there is no such NIC now (%s)", name,
			       nl_geterror(r))
		     : 0;
}

int net_dev_open(const char *name, struct log *log, struct net_dev *ret, struct err *err)
{
	struct net_dev dev = { .log = log, .name = name };
	auto_socket *sk = NULL;
	struct rtnl_link *link;
	int r = open_socket(&sk, err);

	if (!r)
		r = get_link(sk, name, &link, err);
	if (r)
		return r;
	dev.index = rtnl_link_get_ifindex(link);
	nl_addr2str(rtnl_link_get_addr(link), dev.mac, sizeof(dev.mac));
	rtnl_link_put(link);
	*ret = dev;
	return 0;
}

int net_dev_up(const struct net_dev *dev, struct err *err)
{
	struct rtnl_link *change = rtnl_link_alloc(), *link = NULL;
	auto_socket *sk = NULL;
	int r = open_socket(&sk, err);

	if (!r)
		r = get_link(sk, dev->name, &link, err);
	if (!r) {
		rtnl_link_set_flags(change, IFF_UP);
		r = rtnl_link_change(sk, link, change, 0);
		if (r < 0)
			r = err_set(err, ERR_NET_KERNEL, "%s (%s): cannot set it up: %s", dev->name, dev->mac,
				    nl_geterror(r));
		rtnl_link_put(link);
	}
	rtnl_link_put(change);
	return r;
}

int net_dev_wait_carrier(const struct net_dev *dev, unsigned wait_s, struct err *err)
{
	const struct timespec tick = { .tv_nsec = 100 * 1000 * 1000 };
	auto_socket *sk = NULL;
	int r = open_socket(&sk, err);

	for (unsigned ticks = 0; !r; ticks++) {
		struct rtnl_link *link = NULL;
		bool carrier;

		r = get_link(sk, dev->name, &link, err);
		if (r)
			return r;
		carrier = rtnl_link_get_carrier(link);
		rtnl_link_put(link);
		if (carrier) {
			log_printf(dev->log, "%s: link after %u.%u s", dev->name, ticks / 10, ticks % 10);
			return 0;
		}
		if (ticks >= wait_s * 10)
			return err_set(
				err, ERR_NET_NO_LINK,
				"no link on %s (%s) after %u s: check its cable and switch port, or name "
				"another NIC",
				dev->name, dev->mac, wait_s);
		if (ticks % 50 == 49)
			log_printf(dev->log, "%s: waiting for a link, %u of %u s", dev->name, ticks / 10 + 1,
				   wait_s);
		nanosleep(&tick, NULL);
	}
	return r;
}

/* What remove_address needs to know about the address to come. */
struct removal {
	struct nl_sock *sk;
	const struct net_dev *dev;
	struct nl_addr *wanted; /* "192.0.2.11/24" */
	bool others_only;
};

static bool same_net(struct nl_addr *a, struct nl_addr *b)
{
	unsigned len = MIN(nl_addr_get_prefixlen(a), nl_addr_get_prefixlen(b));
	const uint8_t *x = nl_addr_get_binary_addr(a), *y = nl_addr_get_binary_addr(b);

	for (unsigned bit = 0; bit < len; bit++)
		if ((x[bit / 8] ^ y[bit / 8]) & (0x80 >> bit % 8))
			return false;
	return true;
}

static void remove_address(struct nl_object *object, void *arg)
{
	struct rtnl_addr *addr = (struct rtnl_addr *)object;
	const struct removal *rm = arg;
	struct nl_addr *local = rtnl_addr_get_local(addr);
	bool ours = rtnl_addr_get_ifindex(addr) == rm->dev->index;

	if (rtnl_addr_get_family(addr) != AF_INET || !local)
		return;
	if (ours ? !rm->others_only && nl_addr_cmp(local, rm->wanted) != 0 : same_net(local, rm->wanted))
		rtnl_addr_delete(rm->sk, addr, 0); /* one that is gone by now is as good */
}

static int parse(const char *text, int family, struct nl_addr **ret, struct err *err)
{
	int r = nl_addr_parse(text, family, ret);

	return r < 0 ? err_set(err, ERR_NET_LINE, "%s: not an address: %s", text, nl_geterror(r)) : 0;
}

static int add_address(struct nl_sock *sk, const struct net_dev *dev, struct nl_addr *local, struct err *err)
{
	struct rtnl_addr *addr = rtnl_addr_alloc();
	char text[64];
	int r;

	rtnl_addr_set_ifindex(addr, dev->index);
	rtnl_addr_set_local(addr, local);
	if (nl_addr_get_family(local) == AF_INET6)
		rtnl_addr_set_flags(addr, IFA_F_NODAD); /* it is used at once */
	r = rtnl_addr_add(sk, addr, NLM_F_CREATE | NLM_F_REPLACE);
	rtnl_addr_put(addr);
	nl_addr2str(local, text, sizeof(text));
	if (r < 0)
		return err_set(err, ERR_NET_KERNEL, "%s (%s): cannot give it %s: %s", dev->name, dev->mac,
			       text, nl_geterror(r));
	log_printf(dev->log, "%s: address %s", dev->name, text);
	return 0;
}

/* A default route; onlink where a DHCP server gives a gateway outside of the network (/32). */
static int add_default(struct nl_sock *sk, const struct net_dev *dev, int family, const char *gateway,
		       bool onlink, struct err *err)
{
	struct rtnl_route *route;
	struct rtnl_nexthop *hop;
	struct nl_addr *dst = NULL, *via = NULL;
	int r = parse(gateway, family, &via, err);

	if (!r)
		r = parse("default", family, &dst, err);
	if (!r) {
		route = rtnl_route_alloc();
		hop = rtnl_route_nh_alloc();
		rtnl_route_set_family(route, (uint8_t)family);
		rtnl_route_set_scope(route, RT_SCOPE_UNIVERSE);
		rtnl_route_set_table(route, RT_TABLE_MAIN);
		rtnl_route_set_protocol(route, RTPROT_STATIC);
		rtnl_route_set_dst(route, dst);
		rtnl_route_nh_set_ifindex(hop, dev->index);
		rtnl_route_nh_set_gateway(hop, via);
		if (onlink)
			rtnl_route_nh_set_flags(hop, RTNH_F_ONLINK);
		rtnl_route_add_nexthop(route, hop);
		r = rtnl_route_add(sk, route, NLM_F_CREATE | NLM_F_REPLACE);
		rtnl_route_put(route);
		if (r < 0)
			r = err_set(err, ERR_NET_KERNEL, "%s (%s): cannot route through %s: %s", dev->name,
				    dev->mac, gateway, nl_geterror(r));
		else
			log_printf(dev->log, "%s: default gateway %s", dev->name, gateway);
	}
	nl_addr_put(dst);
	nl_addr_put(via);
	return r;
}

static int configure_ipv4(struct nl_sock *sk, const struct net_dev *dev, const struct net_address *addr,
			  struct err *err)
{
	auto_free char *text = xasprintf("%s/%u", addr->ip, addr->prefix_len);
	struct removal rm = { .sk = sk, .dev = dev };
	struct nl_addr *gateway = NULL;
	struct nl_cache *all = NULL;
	bool onlink = false;
	int r = parse(text, AF_INET, &rm.wanted, err);

	if (r)
		return r;
	r = rtnl_addr_alloc_cache(sk, &all);
	if (r < 0) {
		r = err_set(err, ERR_SYS, "cannot list addresses: %s", nl_geterror(r));
	} else {
		nl_cache_foreach(all, remove_address, &rm);
		nl_cache_free(all);
		r = add_address(sk, dev, rm.wanted, err);
	}
	if (!r && addr->gateway && nl_addr_parse(addr->gateway, AF_INET, &gateway) == 0) {
		nl_addr_set_prefixlen(gateway, (int)addr->prefix_len);
		onlink = !same_net(gateway, rm.wanted);
	}
	if (!r && addr->gateway)
		r = add_default(sk, dev, AF_INET, addr->gateway, onlink, err);
	nl_addr_put(gateway);
	nl_addr_put(rm.wanted);
	return r;
}

int net_dev_drop_others(const struct net_dev *dev, const struct net_address *addr, struct err *err)
{
	auto_free char *text = xasprintf("%s/%u", addr->ip, addr->prefix_len);
	struct removal rm = { .dev = dev, .others_only = true };
	struct nl_cache *all = NULL;
	auto_socket *sk = NULL;
	int r = open_socket(&sk, err);

	if (!r)
		r = parse(text, AF_INET, &rm.wanted, err);
	if (!r && rtnl_addr_alloc_cache(sk, &all) < 0)
		r = err_set(err, ERR_SYS, "cannot list addresses");
	if (!r) {
		rm.sk = sk;
		nl_cache_foreach(all, remove_address, &rm);
		nl_cache_free(all);
	}
	nl_addr_put(rm.wanted);
	return r;
}

int net_dev_configure(const struct net_dev *dev, const struct net_address *addr, struct err *err)
{
	struct nl_addr *local = NULL;
	auto_socket *sk = NULL;
	int r = open_socket(&sk, err);

	if (!r && addr->proto == NET_STATIC)
		r = configure_ipv4(sk, dev, addr, err);
	if (r || !net_address_fixed6(addr))
		return r;
	r = parse(addr->ipv6, AF_INET6, &local, err);
	if (!r)
		r = add_address(sk, dev, local, err);
	if (!r && addr->ipv6gateway)
		r = add_default(sk, dev, AF_INET6, addr->ipv6gateway, false, err);
	nl_addr_put(local);
	return r;
}
