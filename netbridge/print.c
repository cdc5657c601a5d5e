/* The network plan as text, one line an action, and as JSON. */
#include "base/util.h"
#include "netbridge/kind.h"

static void print_bridge(const struct net_bridge *bridge, struct buf *b)
{
	for (size_t i = 0; i < bridge->n_ports; i++) {
		const struct nic_facts *nic = bridge->ports[i];

		buf_addf(b, "network: name NIC %s (%s%s%s) %s\n", nic->mac,
			 nic->driver ? nic->driver : "unknown driver", nic->pci ? ", " : "",
			 nic->pci ? nic->pci : "", bridge->port_names[i]);
	}
	buf_addf(b, "network: make bridge %s", bridge->name);
	for (size_t i = 0; i < bridge->n_ports; i++)
		buf_addf(b, "%s%s", i ? ", " : " over ", bridge->port_names[i]);
	if (!bridge->n_ports)
		buf_adds(b, " without ports");
	if (bridge->mac)
		buf_addf(b, ", MAC %s", bridge->mac);
	buf_adds(b, ", STP off");
	if (bridge->mtu)
		buf_addf(b, ", MTU %u", bridge->mtu);
	if (!bridge->onboot)
		buf_adds(b, ", not at boot");
	buf_addf(b, "\nnetwork: give %s ", bridge->name);
	if (net_address_any(&bridge->addr))
		net_address_print(&bridge->addr, b);
	else
		buf_adds(b, "no address");
	buf_addc(b, '\n');
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

void net_plan_print(const struct net_plan *plan, struct buf *b)
{
	if (plan->hostname)
		buf_addf(b, "network: name the host %s\n", plan->hostname);
	for (size_t i = 0; i < plan->n_bridges; i++)
		print_bridge(&plan->bridges[i], b);
	for (size_t i = 0; i < plan->n_bridges; i++) {
		print_words("ask name servers", plan->bridges[i].addr.nameservers, b);
		print_words("search domains", plan->bridges[i].addr.search, b);
	}
	if (net_wants_resolved(plan))
		buf_adds(b, "network: take name servers from DHCP (systemd-resolved)\n");
	if (plan->guest_bridge)
		buf_addf(b, "network: put guests on %s by default (/etc/xen/xl.conf)\n", plan->guest_bridge);
	if (!plan->install_nic)
		return;
	buf_addf(b, "network: install through NIC %s, ", plan->install_nic->mac);
	net_address_print(&plan->install_addr, b);
	buf_addc(b, '\n');
}

static json_t *json_words(const char **words)
{
	json_t *list = json_array();

	for (; words && *words; words++)
		json_array_append_new(list, json_string(*words));
	return list;
}

static json_t *json_address(const struct net_address *addr)
{
	static const char *const protos[] = { "none", "dhcp", "static" };
	json_t *j = json_object();

	json_put_str(j, "proto", protos[addr->proto]);
	json_put_str(j, "ip", addr->ip);
	json_put_u64(j, "prefix_len", addr->prefix_len);
	json_put_str(j, "gateway", addr->gateway);
	json_object_set_new(j, "nameservers", json_words(addr->nameservers));
	json_object_set_new(j, "search", json_words(addr->search));
	json_put_str(j, "ipv6", addr->ipv6);
	json_put_str(j, "ipv6gateway", addr->ipv6gateway);
	json_put_bool(j, "default_route", !addr->no_default_route);
	return j;
}

static json_t *json_bridge(const struct net_bridge *bridge)
{
	json_t *ports = json_array(), *j = json_object();

	for (size_t i = 0; i < bridge->n_ports; i++) {
		json_t *port = json_object();

		json_put_str(port, "name", bridge->port_names[i]);
		json_put_str(port, "mac", bridge->ports[i]->mac);
		json_put_str(port, "driver", bridge->ports[i]->driver);
		json_put_str(port, "pci", bridge->ports[i]->pci);
		json_array_append_new(ports, port);
	}
	json_put_str(j, "name", bridge->name);
	json_object_set_new(j, "ports", ports);
	json_put_str(j, "mac", bridge->mac);
	json_put_u64(j, "mtu", bridge->mtu);
	json_put_bool(j, "onboot", bridge->onboot);
	json_object_set_new(j, "address", json_address(&bridge->addr));
	return j;
}

json_t *net_plan_json(const struct net_plan *plan)
{
	json_t *bridges = json_array(), *j = json_object();

	for (size_t i = 0; i < plan->n_bridges; i++)
		json_array_append_new(bridges, json_bridge(&plan->bridges[i]));
	json_put_str(j, "hostname", plan->hostname);
	json_object_set_new(j, "bridges", bridges);
	json_put_str(j, "guest_bridge", plan->guest_bridge);
	json_put_str(j, "install_nic", plan->install_nic ? plan->install_nic->mac : NULL);
	json_object_set_new(j, "install_address",
			    plan->install_nic ? json_address(&plan->install_addr) : json_null());
	return j;
}
