/* The network plan as text, one line an action, and as JSON. */
#include "base/util.h"
#include "netbridge/kind.h"

static void print_if(const struct net_if *dev, struct buf *b)
{
	dev->kind->print(dev, b);
	if (dev->mtu)
		buf_addf(b, ", MTU %u", dev->mtu);
	if (!dev->onboot)
		buf_adds(b, ", not at boot");
	buf_addc(b, '\n');
	if (!net_if_is_bridge(dev) && !net_address_any(&dev->addr))
		return;
	buf_addf(b, "network: give %s ", dev->name);
	if (net_address_any(&dev->addr))
		net_address_print(&dev->addr, b);
	else
		buf_adds(b, "no address");
	buf_addc(b, '\n');
}

static void print_routes(const struct net_if *dev, struct buf *b)
{
	for (size_t i = 0; i < dev->addr.n_routes; i++) {
		const struct net_route *r = &dev->addr.routes[i];

		buf_addf(b, "network: route %s%s%s by %s", r->to, r->via ? " via " : "", r->via ? r->via : "",
			 dev->name);
		if (r->metric)
			buf_addf(b, ", metric %u", r->metric);
		buf_addc(b, '\n');
	}
}

static void print_words(const char *what, const char **words, struct buf *b)
{
	if (!words || !words[0])
		return;
	buf_addf(b, "network: %s", what);
	for (; *words; words++)
		buf_addf(b, " %s", *words);
	buf_addc(b, '\n');
}

struct nics {
	struct buf *b;
	unsigned n;
};

static void print_nic(void *arg, const struct net_if *nic)
{
	struct nics *nics = arg;

	buf_addf(nics->b, "%s%s", nics->n++ ? ", " : "", nic->mac);
}

static void count_nic(void *arg, const struct net_if *nic)
{
	(void)nic;
	(*(unsigned *)arg)++;
}

static void print_install(const struct net_if *manage, struct buf *b)
{
	struct nics nics = { .b = b };
	unsigned n = 0;

	net_if_each_nic(manage, count_nic, &n);
	if (!n)
		return;
	buf_addf(b, "network: install through NIC%s ", n > 1 ? "s" : "");
	net_if_each_nic(manage, print_nic, &nics);
	buf_adds(b, ", ");
	net_address_print(&manage->addr, b);
	buf_addc(b, '\n');
}

void net_plan_print(const struct net_plan *plan, struct buf *b)
{
	if (plan->hostname)
		buf_addf(b, "network: name the host %s\n", plan->hostname);
	for (size_t i = 0; i < plan->n_ifs; i++)
		print_if(plan->ifs[i], b);
	for (size_t i = 0; i < plan->n_ifs; i++)
		print_routes(plan->ifs[i], b);
	for (size_t i = 0; i < plan->n_ifs; i++) {
		print_words("ask name servers", plan->ifs[i]->addr.nameservers, b);
		print_words("search domains", plan->ifs[i]->addr.search, b);
	}
	if (net_wants_resolved(plan))
		buf_adds(b, "network: take name servers from DHCP (systemd-resolved)\n");
	if (plan->files == NET_FILES_IFUPDOWN)
		buf_adds(b, "network: write /etc/network/interfaces (ifupdown)\n");
	if (plan->guest_bridge)
		buf_addf(b, "network: put guests on %s by default (/etc/xen/xl.conf)\n", plan->guest_bridge);
	if (plan->manage)
		print_install(plan->manage, b);
}

static json_t *json_list(const char **words, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, json_string(words[i]));
	return list;
}

static json_t *json_address(const struct net_address *addr)
{
	static const char *const protos[] = { "none", "dhcp", "static" };
	json_t *j = json_object(), *routes = json_array();

	for (size_t i = 0; i < addr->n_routes; i++) {
		json_t *route = json_object();

		json_put_str(route, "to", addr->routes[i].to);
		json_put_str(route, "via", addr->routes[i].via);
		json_put_u64(route, "metric", addr->routes[i].metric);
		json_array_append_new(routes, route);
	}
	json_put_str(j, "proto", protos[addr->proto]);
	json_put_str(j, "ip", addr->ip);
	json_put_u64(j, "prefix_len", addr->prefix_len);
	json_put_str(j, "gateway", addr->gateway);
	json_object_set_new(j, "nameservers", json_words((const char *const *)addr->nameservers));
	json_object_set_new(j, "search", json_words((const char *const *)addr->search));
	json_put_str(j, "ipv6", addr->ipv6);
	json_put_str(j, "ipv6gateway", addr->ipv6gateway);
	json_put_bool(j, "default_route", !addr->no_default_route);
	json_object_set_new(j, "more", json_list(addr->more, addr->n_more));
	json_object_set_new(j, "routes", routes);
	return j;
}

static json_t *json_settings(const struct net_setting *list, size_t n)
{
	json_t *j = json_object();

	for (size_t i = 0; i < n; i++)
		json_put_str(j, list[i].key, list[i].value);
	return j;
}

static json_t *json_if(const struct net_if *dev)
{
	json_t *over = json_array(), *j = json_object();

	for (size_t i = 0; i < dev->n_lower; i++)
		json_array_append_new(over, json_string(dev->lower[i]->name));
	json_put_str(j, "name", dev->name);
	json_put_str(j, "kind", dev->kind->name);
	json_object_set_new(j, "over", over);
	json_put_str(j, "mac", dev->mac);
	if (dev->nic) {
		json_put_str(j, "driver", dev->nic->driver);
		json_put_str(j, "pci", dev->nic->pci);
	}
	json_put_u64(j, "mtu", dev->mtu);
	json_put_bool(j, "onboot", dev->onboot);
	if (net_if_is_vlan(dev))
		json_put_u64(j, "vlan_id", dev->vlan_id);
	if (dev->vlan_aware)
		json_object_set_new(j, "vlans", json_list(dev->vlans, dev->n_vlans));
	json_object_set_new(
		j, "options",
		json_settings(dev->nic ? dev->ethtool : dev->opts, dev->nic ? dev->n_ethtool : dev->n_opts));
	json_object_set_new(j, "address", json_address(&dev->addr));
	return j;
}

json_t *net_plan_json(const struct net_plan *plan)
{
	json_t *devices = json_array(), *j = json_object();

	for (size_t i = 0; i < plan->n_ifs; i++)
		json_array_append_new(devices, json_if(plan->ifs[i]));
	json_put_str(j, "hostname", plan->hostname);
	json_object_set_new(j, "devices", devices);
	json_put_str(j, "guest_bridge", plan->guest_bridge);
	json_put_str(j, "manage", plan->manage ? plan->manage->name : NULL);
	json_put_str(j, "files", plan->files == NET_FILES_IFUPDOWN ? "ifupdown" : "networkd");
	return j;
}
