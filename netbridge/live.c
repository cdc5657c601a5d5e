/* Bringing the installer's network up: link, address, gateway, name servers. */
#include "netbridge/live.h"

#include "base/util.h"

#define RESOLV_CONF      "/etc/resolv.conf"
/* Where the installed system's resolv.conf points with DHCP; its folder /run is the installer's during %post.
 */
#define STUB_RESOLV_CONF "/run/systemd/resolve/stub-resolv.conf"

/* A switch port that runs STP lets nothing through for 30 s after its link came up. */
static const struct net_waits default_waits = { .carrier = 30, .gateway = 45, .dhcp = 45 };

/* What the steps share. */
struct bringing {
	struct net_dev dev;
	const struct net_address *addr; /* static, or proto NET_NONE with an IPv6 address */
	unsigned wait_s;
};

static int link_up(void *arg, struct err *err)
{
	const struct bringing *b = arg;
	int r = net_dev_up(&b->dev, err);

	return r ? r : net_dev_wait_carrier(&b->dev, b->wait_s, err);
}

static int configure(void *arg, struct err *err)
{
	const struct bringing *b = arg;

	return net_dev_configure(&b->dev, b->addr, err);
}

static int ask_gateway(void *arg, struct err *err)
{
	const struct bringing *b = arg;

	return net_arp_wait(&b->dev, b->addr->ip, b->addr->gateway, b->wait_s, err);
}

static int call(struct door *door, struct bringing *b, const char *what, unsigned wait_s,
		int (*fn)(void *, struct err *), struct err *err)
{
	auto_free char *text = xasprintf("%s: %s", b->dev.name, what);

	b->wait_s = wait_s;
	return door_call(door, text, fn, b, err);
}

static int write_resolv(const struct net_address *addr, struct door *door, struct err *err)
{
	auto_buf b = { 0 };
	int r;

	if (addr->search && addr->search[0]) {
		buf_adds(&b, "search");
		for (const char **s = addr->search; *s; s++)
			buf_addf(&b, " %s", *s);
		buf_addc(&b, '\n');
	}
	for (const char **s = addr->nameservers; s && *s; s++)
		buf_addf(&b, "nameserver %s\n", *s);
	r = door_write(door, RESOLV_CONF, buf_str(&b), b.len, 0644, err);
	return r ? r : door_write(door, STUB_RESOLV_CONF, buf_str(&b), b.len, 0644, err);
}

static int use_address(struct bringing *b, const struct net_address *addr, unsigned gateway_wait_s,
		       struct door *door, struct err *err)
{
	auto_buf what = { 0 };
	int r;

	b->addr = addr;
	buf_adds(&what, "address ");
	if (addr->ip)
		buf_addf(&what, "%s/%u", addr->ip, addr->prefix_len);
	else
		buf_adds(&what, addr->proto == NET_STATIC ? "of the lease" : "by IPv6 alone");
	r = call(door, b, buf_str(&what), 0, configure, err);
	if (!r && addr->gateway) {
		buf_clear(&what);
		buf_addf(&what, "gateway %s answers", addr->gateway);
		r = call(door, b, buf_str(&what), gateway_wait_s, ask_gateway, err);
	}
	return r ? r : write_resolv(addr, door, err);
}

/* A lease, with the fixed name servers and IPv6 address that were asked for. */
static int use_lease(struct bringing *b, const struct net_address *asked, const struct net_waits *waits,
		     struct door *door, struct err *err)
{
	struct net_address addr = { 0 };
	struct arena a = { 0 };
	int r = net_dhcp_lease(&b->dev, waits->dhcp, door, &a, &addr, err);

	if (!r) {
		if (asked->nameservers && asked->nameservers[0])
			addr.nameservers = asked->nameservers;
		if (asked->search && asked->search[0])
			addr.search = asked->search;
		if (asked->no_default_route)
			addr.gateway = NULL;
		addr.ipv6 = asked->ipv6;
		addr.ipv6gateway = asked->ipv6gateway;
		r = use_address(b, &addr, waits->gateway, door, err);
	}
	arena_clear(&a);
	return r;
}

static int bring_up(const char *nic, const struct net_address *addr, const struct net_waits *waits,
		    struct door *door, struct err *err)
{
	struct bringing b = { .dev = { .log = door->log, .name = nic } };
	int r = door->record ? 0 : net_dev_open(nic, door->log, &b.dev, err);

	if (!r)
		r = call(door, &b, "up, and wait for its link", waits->carrier, link_up, err);
	if (r)
		return r;
	if (addr->proto == NET_DHCP)
		return use_lease(&b, addr, waits, door, err);
	return use_address(&b, addr, waits->gateway, door, err);
}

int net_live_up_within(const struct net_plan *plan, const struct net_waits *waits, struct door *door,
		       struct err *err)
{
	if (!plan->install_nic)
		return err_set(
			err, ERR_INPUT,
			"no NIC to install through: no bridge has both a NIC and an address of the host");
	return bring_up(plan->install_nic->name, &plan->install_addr, waits, door, err);
}

int net_live_up(const struct net_plan *plan, struct door *door, struct err *err)
{
	return net_live_up_within(plan, &default_waits, door, err);
}

int net_live_dhcp(const char *nic, unsigned timeout_s, struct door *door, struct err *err)
{
	static const struct net_address addr = { .proto = NET_DHCP };
	/* Ports without a cable are passed over quickly: the caller may have others to try. */
	const struct net_waits waits = { .carrier = MIN(timeout_s, 12),
					 .gateway = MIN(timeout_s, 15),
					 .dhcp = timeout_s };

	return bring_up(nic, &addr, &waits, door, err);
}

struct links {
	const struct facts *facts;
	unsigned wait_s;
	struct log *log;
};

static int all_links_up(void *arg, struct err *err)
{
	const struct links *l = arg;
	unsigned wait_s = l->wait_s;

	for (size_t i = 0; i < l->facts->n_nics; i++) {
		struct net_dev dev;

		/* A NIC that can't be set up has no link, which is said where it is needed. */
		if (!net_dev_open(l->facts->nics[i].name, l->log, &dev, err))
			net_dev_up(&dev, err);
	}
	for (size_t i = 0; i < l->facts->n_nics; i++) {
		struct net_dev dev;

		/* One wait for all: those behind the first slow one had as long as it. */
		if (!net_dev_open(l->facts->nics[i].name, l->log, &dev, err) &&
		    net_dev_wait_carrier(&dev, wait_s, err))
			wait_s = 0;
	}
	*err = (struct err){ 0 };
	return 0;
}

int net_live_links_up(const struct facts *facts, unsigned wait_s, struct door *door, struct err *err)
{
	struct links l = { .facts = facts, .wait_s = wait_s, .log = door->log };
	struct err ignored = { 0 };

	return door_call(door, "set all NICs up, and wait for their links", all_links_up, &l,
			 err ? err : &ignored);
}
