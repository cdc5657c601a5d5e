/* Bringing the installer's network up: link, address, gateway, name servers. */
#include "netbridge/live.h"

#include "base/file.h"
#include "base/util.h"
#include "netbridge/kind.h"
#include "netbridge/state.h"

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
	struct net_lease6 lease6;
};

/* The plan whose devices are made. */
struct stack {
	const struct net_plan *plan;
	struct log *log;
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

static int ask_dhcp6(void *arg, struct err *err)
{
	struct bringing *b = arg;

	return net_dhcp6_lease(&b->dev, b->wait_s, &b->lease6, err);
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

static int gateway_and_names(struct bringing *b, const struct net_address *addr, unsigned gateway_wait_s,
			     struct door *door, struct err *err)
{
	auto_buf what = { 0 };
	int r = 0;

	b->addr = addr;
	if (addr->gateway) {
		buf_addf(&what, "gateway %s answers", addr->gateway);
		r = call(door, b, buf_str(&what), gateway_wait_s, ask_gateway, err);
	}
	return r ? r : write_resolv(addr, door, err);
}

static int give(struct bringing *b, const struct net_address *addr, const char *what, struct door *door,
		struct err *err)
{
	b->addr = addr;
	return call(door, b, what, 0, configure, err);
}

static int use_address(struct bringing *b, const struct net_address *addr, unsigned gateway_wait_s,
		       struct door *door, struct err *err)
{
	auto_buf what = { 0 };
	int r;

	buf_adds(&what, "address ");
	if (addr->ip)
		buf_addf(&what, "%s/%u", addr->ip, addr->prefix_len);
	else
		buf_adds(&what, addr->proto == NET_STATIC ? "of the lease" : "by IPv6 alone");
	r = give(b, addr, buf_str(&what), door, err);
	return r ? r : gateway_and_names(b, addr, gateway_wait_s, door, err);
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

/* DHCPv6 beside what IPv4 has, or alone. Its name servers are used where no others are known. */
static int use_lease6(struct bringing *b, const struct net_address *asked, const struct net_waits *waits,
		      struct door *door, struct err *err)
{
	const char *servers[ARRAY_SIZE(b->lease6.nameservers) + 1] = { NULL };
	char ip[INET6_ADDRSTRLEN + sizeof("/128")];
	struct net_address addr = { .proto = NET_NONE, .ipv6 = ip };
	int r;

	if (!asked->ipv6 || !str_eq(asked->ipv6, "dhcp"))
		return 0;
	r = call(door, b, "an address by DHCPv6", waits->dhcp, ask_dhcp6, err);
	if (r || door->record)
		return r;
	snprintf(ip, sizeof(ip), "%s/128", b->lease6.ip);
	r = give(b, &addr, "the address of DHCPv6", door, err);
	if (r || asked->proto == NET_DHCP || (asked->nameservers && asked->nameservers[0]))
		return r;
	for (size_t i = 0; i < b->lease6.n_nameservers; i++)
		servers[i] = b->lease6.nameservers[i];
	addr.nameservers = servers;
	addr.search = asked->search;
	return write_resolv(&addr, door, err);
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
		r = use_lease(&b, addr, waits, door, err);
	else
		r = use_address(&b, addr, waits->gateway, door, err);
	return r ? r : use_lease6(&b, addr, waits, door, err);
}

void net_modules_load(const struct net_plan *plan, struct door *door)
{
	bool bridge = false, bond = false, vlan = false;
	struct err ignored = { 0 };

	for (size_t i = 0; i < plan->n_ifs; i++) {
		bridge = bridge || net_if_is_bridge(plan->ifs[i]);
		bond = bond || net_if_is_bond(plan->ifs[i]);
		vlan = vlan || net_if_is_vlan(plan->ifs[i]);
	}
	if (bridge && !file_exists("/sys/module/bridge"))
		door_runl(door, &ignored, "modprobe", "-q", "bridge", NULL);
	if (bond && !file_exists("/sys/module/bonding"))
		door_runl(door, &ignored, "modprobe", "-q", "bonding", "max_bonds=0", NULL);
	if (vlan && !file_exists("/sys/module/8021q"))
		door_runl(door, &ignored, "modprobe", "-q", "8021q", NULL);
}

/* All that the plan describes, as the host will have it. */
static int make_devices(void *arg, struct err *err)
{
	const struct stack *st = arg;
	struct net_state now = { 0 }, want = { 0 };
	struct net_batch batch = { 0 };
	struct arena a = { 0 };
	int r = net_state_read(&a, &now, err);

	if (!r)
		r = net_state_want(st->plan, &now, &a, &want, err);
	if (!r) {
		net_batch_make(&now, &want, &batch);
		r = net_batch_send(&batch, st->log, err);
	}
	net_no_ipv6(st->plan);
	net_batch_clear(&batch);
	arena_clear(&a);
	return r;
}

static int drop_others(void *arg, struct err *err)
{
	const struct bringing *b = arg;

	return net_dev_drop_others(&b->dev, b->addr, err);
}

static int bring_stack_up(const struct net_plan *plan, const struct net_waits *waits, struct door *door,
			  struct err *err)
{
	const struct net_if *dev = plan->manage;
	const char *name = dev->nic ? dev->nic->name : dev->name;
	struct bringing b = { .dev = { .log = door->log, .name = name }, .addr = &dev->addr };
	struct stack st = { plan, door->log };
	int r;

	net_modules_load(plan, door);
	r = door_call(door, "make the plan's devices", make_devices, &st, err);

	if (!r && !door->record)
		r = net_dev_open(name, door->log, &b.dev, err);
	if (!r)
		r = call(door, &b, "up, and wait for its link", waits->carrier, link_up, err);
	if (r)
		return r;
	if (dev->addr.proto == NET_DHCP)
		r = use_lease(&b, &dev->addr, waits, door, err);
	else if (dev->addr.ip)
		r = call(door, &b, "no address of its network elsewhere", 0, drop_others, err);
	if (!r && dev->addr.proto != NET_DHCP)
		r = gateway_and_names(&b, &dev->addr, waits->gateway, door, err);
	return r ? r : use_lease6(&b, &dev->addr, waits, door, err);
}

int net_live_up_within(const struct net_plan *plan, const struct net_waits *waits, struct door *door,
		       struct err *err)
{
	if (plan->manage && plan->manage->mac)
		return bring_stack_up(plan, waits, door, err);
	if (!plan->install_nic)
		return err_set(
			err, ERR_NET_LINE,
			"no NIC to install through: no device has both a NIC and an address of the host");
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
