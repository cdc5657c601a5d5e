#include "answers/netplan.h"

#include "answers/value.h"
#include "base/util.h"

#define S YAML_STR
#define B YAML_BOOL
#define I YAML_INT
#define L YAML_LIST
#define M YAML_MAP

static const char *target(const char *s)
{
	return strcmp(s, "default") == 0 || !answer_address(s) || !answer_cidr(s) ? NULL : "is no network";
}

static const char *renderer(const char *s)
{
	return strcmp(s, "networkd") == 0 || strcmp(s, "NetworkManager") == 0
		       ? NULL
		       : "is neither networkd nor NetworkManager";
}

static const struct yaml_rule match[] = {
	{ "name", S, NULL, 0, NULL, false },
	{ "macaddress", S, NULL, 0, answer_mac, false },
	{ "driver", S | L, NULL, S, NULL, false },
	{ 0 },
};

static const struct yaml_rule route[] = {
	{ "to", S, NULL, 0, target, true },     { "via", S, NULL, 0, answer_address, false },
	{ "from", S, NULL, 0, NULL, false },    { "metric", I, NULL, 0, NULL, false },
	{ "on-link", B, NULL, 0, NULL, false }, { "type", S, NULL, 0, NULL, false },
	{ "scope", S, NULL, 0, NULL, false },   { "table", I, NULL, 0, NULL, false },
	{ "mtu", I, NULL, 0, NULL, false },     { 0 },
};

static const struct yaml_rule nameservers[] = {
	{ "addresses", L, NULL, S, answer_address, false },
	{ "search", L, NULL, S, answer_hostname, false },
	{ 0 },
};

/* An address may be a map, of one key with its options. */
static const struct yaml_rule anything[] = {
	{ "*", UINT32_MAX, NULL, 0, NULL, false },
	{ 0 },
};

static const struct yaml_rule device[] = {
	{ "match", M, match, 0, NULL, false },
	{ "set-name", S, NULL, 0, NULL, false },
	{ "dhcp4", B, NULL, 0, NULL, false },
	{ "dhcp6", B, NULL, 0, NULL, false },
	{ "dhcp4-overrides", M, anything, 0, NULL, false },
	{ "dhcp6-overrides", M, anything, 0, NULL, false },
	{ "dhcp-identifier", S, NULL, 0, NULL, false },
	{ "accept-ra", B, NULL, 0, NULL, false },
	{ "addresses", L, anything, S | M, answer_cidr, false },
	{ "gateway4", S, NULL, 0, answer_address, false },
	{ "gateway6", S, NULL, 0, answer_address, false },
	{ "nameservers", M, nameservers, 0, NULL, false },
	{ "routes", L, route, M, NULL, false },
	{ "routing-policy", L, anything, M, NULL, false },
	{ "macaddress", S, NULL, 0, NULL, false },
	{ "mtu", I, NULL, 0, NULL, false },
	{ "optional", B, NULL, 0, NULL, false },
	{ "critical", B, NULL, 0, NULL, false },
	{ "link-local", L, NULL, S, NULL, false },
	{ "wakeonlan", B, NULL, 0, NULL, false },
	{ "renderer", S, NULL, 0, renderer, false },
	{ "interfaces", L, NULL, S, NULL, false }, /* of a bond or bridge */
	{ "parameters", M, anything, 0, NULL, false },
	{ "id", I, NULL, 0, NULL, false }, /* of a VLAN */
	{ "link", S, NULL, 0, NULL, false },
	{ 0 },
};

static const struct yaml_rule devices[] = {
	{ "*", M, device, 0, NULL, false },
	{ 0 },
};

const struct yaml_rule netplan_keys[] = {
	{ "version", I, NULL, 0, NULL, true },       { "renderer", S, NULL, 0, renderer, false },
	{ "ethernets", M, devices, 0, NULL, false }, { "bonds", M, devices, 0, NULL, false },
	{ "bridges", M, devices, 0, NULL, false },   { "vlans", M, devices, 0, NULL, false },
	{ "wifis", M, anything, 0, NULL, false },    { "tunnels", M, anything, 0, NULL, false },
	{ "vrfs", M, anything, 0, NULL, false },     { 0 },
};

static const struct yaml_rule below_network[] = {
	{ "network", M, netplan_keys, 0, NULL, true },
	{ 0 },
};

void dialect_check_netplan(struct dialect_check *c)
{
	struct arena a = { 0 };
	const struct yaml_node *top = yaml_read(c, &a), *version, *inner = yaml_get(top, "network");
	struct yaml_rule rule = { "network", M, inner ? below_network : netplan_keys, 0, NULL, false };

	if (top)
		yaml_check(c, top, &rule);
	version = yaml_get(inner ? inner : top, "version");
	if (version && !str_eq(version->text, "2"))
		dialect_error(c, version->line, "version", "must be 2");
	arena_clear(&a);
}
