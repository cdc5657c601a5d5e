#include "netbridge/linkinfo.h"

#include <arpa/inet.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>

#include "base/util.h"
#include "netbridge/kind.h"

#define IN6_ADDR_GEN_MODE_OFF 1 /* linux/if_link.h: IN6_ADDR_GEN_MODE_NONE */

/* Numbers as the kernel has them (bond_options.c, if_bonding.h). */
static const struct option {
	const char *key;
	int attr, bytes;
	const char *const words[8]; /* from 0 on */
} bond_options[] = {
	{ "mode",
	  IFLA_BOND_MODE,
	  1,
	  { "balance-rr", "active-backup", "balance-xor", "broadcast", "802.3ad", "balance-tlb",
	    "balance-alb" } },
	{ "miimon", IFLA_BOND_MIIMON, 4, { 0 } },
	{ "updelay", IFLA_BOND_UPDELAY, 4, { 0 } },
	{ "downdelay", IFLA_BOND_DOWNDELAY, 4, { 0 } },
	{ "lacp_rate", IFLA_BOND_AD_LACP_RATE, 1, { "slow", "fast" } },
	{ "ad_select", IFLA_BOND_AD_SELECT, 1, { "stable", "bandwidth", "count" } },
	{ "min_links", IFLA_BOND_MIN_LINKS, 4, { 0 } },
	{ "xmit_hash_policy",
	  IFLA_BOND_XMIT_HASH_POLICY,
	  1,
	  { "layer2", "layer3+4", "layer2+3", "encap2+3", "encap3+4", "vlan+srcmac" } },
	{ "primary_reselect", IFLA_BOND_PRIMARY_RESELECT, 1, { "always", "better", "failure" } },
	{ "fail_over_mac", IFLA_BOND_FAIL_OVER_MAC, 1, { "none", "active", "follow" } },
	{ "arp_interval", IFLA_BOND_ARP_INTERVAL, 4, { 0 } },
	{ "arp_validate", IFLA_BOND_ARP_VALIDATE, 4, { "none", "active", "backup", "all" } },
	{ "num_grat_arp", IFLA_BOND_NUM_PEER_NOTIF, 1, { 0 } },
	{ "resend_igmp", IFLA_BOND_RESEND_IGMP, 4, { 0 } },
	{ "packets_per_slave", IFLA_BOND_PACKETS_PER_SLAVE, 4, { 0 } },
	{ "lp_interval", IFLA_BOND_LP_INTERVAL, 4, { 0 } },
	{ "all_slaves_active", IFLA_BOND_ALL_SLAVES_ACTIVE, 1, { 0 } },
	{ "tlb_dynamic_lb", IFLA_BOND_TLB_DYNAMIC_LB, 1, { 0 } },
};

static void put_bond_option(struct nl_msg *msg, const struct option *o, const char *value)
{
	uint64_t n = 0;

	if (o->words[0])
		while (n < ARRAY_SIZE(o->words) && o->words[n] && !str_eq(o->words[n], value))
			n++;
	else
		str_u64(value, &n);
	if (o->bytes == 1)
		nla_put_u8(msg, o->attr, (uint8_t)n);
	else
		nla_put_u32(msg, o->attr, (uint32_t)n);
}

unsigned net_linkinfo_bond_mode(const struct net_if *bond)
{
	const char *mode = net_setting_get(bond->opts, bond->n_opts, "mode");
	unsigned n = 0;

	while (n < 6 && !str_eq(bond_options[0].words[n], mode))
		n++;
	return n;
}

static void put_arp_targets(struct nl_msg *msg, const char *value)
{
	struct nlattr *list = nla_nest_start(msg, IFLA_BOND_ARP_IP_TARGET);
	auto_argv ips = { 0 };

	argv_split(&ips, value, ", ");
	for (size_t i = 0; i < ips.n; i++) {
		struct in_addr ip;

		if (inet_pton(AF_INET, ips.v[i], &ip) == 1)
			nla_put(msg, (int)i, sizeof(ip), &ip);
	}
	nla_nest_end(msg, list);
}

static void put_bond(struct nl_msg *msg, const struct net_if *bond)
{
	for (size_t i = 0; i < ARRAY_SIZE(bond_options); i++) {
		const char *value = net_setting_get(bond->opts, bond->n_opts, bond_options[i].key);

		if (value)
			put_bond_option(msg, &bond_options[i], value);
	}
	if (net_setting_get(bond->opts, bond->n_opts, "arp_ip_target"))
		put_arp_targets(msg, net_setting_get(bond->opts, bond->n_opts, "arp_ip_target"));
}

static void put_bridge(struct nl_msg *msg, const struct net_if *bridge)
{
	const char *ageing = net_setting_get(bridge->opts, bridge->n_opts, "ageing-time");
	const char *mask = net_setting_get(bridge->opts, bridge->n_opts, "group-forward-mask");
	uint64_t n;

	nla_put_u32(msg, IFLA_BR_FORWARD_DELAY, 0);
	nla_put_u32(msg, IFLA_BR_STP_STATE, 0);
	nla_put_u8(msg, IFLA_BR_MCAST_SNOOPING,
		   net_setting_get(bridge->opts, bridge->n_opts, "multicast-snooping") != NULL);
	if (ageing && str_u64(ageing, &n))
		nla_put_u32(msg, IFLA_BR_AGEING_TIME, (uint32_t)n * 100); /* USER_HZ */
	if (mask && str_u64(mask, &n))
		nla_put_u16(msg, IFLA_BR_GROUP_FWD_MASK, (uint16_t)n);
	if (bridge->vlan_aware) {
		nla_put_u8(msg, IFLA_BR_VLAN_FILTERING, 1);
		nla_put_u16(msg, IFLA_BR_VLAN_DEFAULT_PVID, (uint16_t)bridge->pvid);
	}
}

void net_linkinfo_put(struct nl_msg *msg, const struct st_link *link)
{
	struct nlattr *info, *data;

	if (!link->dev && link->info) {
		nla_put(msg, IFLA_LINKINFO, (int)link->info_len, link->info);
		return;
	}
	info = nla_nest_start(msg, IFLA_LINKINFO);
	nla_put_string(msg, IFLA_INFO_KIND, link->kind);
	data = nla_nest_start(msg, IFLA_INFO_DATA);
	if (str_eq(link->kind, "vlan"))
		nla_put_u16(msg, IFLA_VLAN_ID, (uint16_t)link->vlan_id);
	else if (link->dev && str_eq(link->kind, "bond"))
		put_bond(msg, link->dev);
	else if (link->dev)
		put_bridge(msg, link->dev);
	nla_nest_end(msg, data);
	nla_nest_end(msg, info);
}

void net_linkinfo_put_no_ipv6(struct nl_msg *msg)
{
	struct nlattr *spec = nla_nest_start(msg, IFLA_AF_SPEC), *inet6 = nla_nest_start(msg, AF_INET6);

	nla_put_u8(msg, IFLA_INET6_ADDR_GEN_MODE, IN6_ADDR_GEN_MODE_OFF);
	nla_nest_end(msg, inet6);
	nla_nest_end(msg, spec);
}

void net_linkinfo_put_stp(struct nl_msg *msg, bool on)
{
	struct nlattr *info = nla_nest_start(msg, IFLA_LINKINFO), *data;

	nla_put_string(msg, IFLA_INFO_KIND, "bridge");
	data = nla_nest_start(msg, IFLA_INFO_DATA);
	nla_put_u32(msg, IFLA_BR_STP_STATE, on);
	nla_nest_end(msg, data);
	nla_nest_end(msg, info);
}

static void put_range(struct nl_msg *msg, unsigned from, unsigned to)
{
	struct bridge_vlan_info info = { .vid = (uint16_t)from };

	if (from != to)
		info.flags = BRIDGE_VLAN_INFO_RANGE_BEGIN;
	nla_put(msg, IFLA_BRIDGE_VLAN_INFO, sizeof(info), &info);
	if (from == to)
		return;
	info = (struct bridge_vlan_info){ .vid = (uint16_t)to, .flags = BRIDGE_VLAN_INFO_RANGE_END };
	nla_put(msg, IFLA_BRIDGE_VLAN_INFO, sizeof(info), &info);
}

static void add_vlans(struct net_batch *batch, const struct st_link *link, bool self,
		      const char *const *vlans, size_t n)
{
	struct ifinfomsg ifi = { .ifi_family = AF_BRIDGE, .ifi_index = link->index };
	struct nl_msg *msg = nlmsg_alloc_simple(RTM_SETLINK, NLM_F_REQUEST | NLM_F_ACK);
	struct nlattr *spec;
	struct st_op *op;

	if (!msg)
		abort();
	nlmsg_append(msg, &ifi, sizeof(ifi), NLMSG_ALIGNTO);
	spec = nla_nest_start(msg, IFLA_AF_SPEC);
	if (self)
		nla_put_u16(msg, IFLA_BRIDGE_FLAGS, BRIDGE_FLAGS_SELF);
	for (size_t i = 0; i < n; i++) {
		unsigned from = 0, to;

		if (sscanf(vlans[i], "%u-%u", &from, &to) < 2)
			to = from;
		put_range(msg, from, to);
	}
	nla_nest_end(msg, spec);
	op = arena_push(&batch->arena, &batch->ops, &batch->n_ops, sizeof(*op));
	op->what = arena_printf(&batch->arena, "let VLANs through %s", link->name);
	op->msg = memcpy(arena_alloc(&batch->arena, nlmsg_hdr(msg)->nlmsg_len), nlmsg_hdr(msg),
			 nlmsg_hdr(msg)->nlmsg_len);
	nlmsg_free(msg);
}

void net_linkinfo_put_port_vlans(const struct net_state *to, const struct st_link *port,
				 struct net_batch *batch)
{
	const struct st_link *bridge = port->master ? net_state_index(to, port->master) : NULL;

	if (bridge && bridge->dev && bridge->dev->vlan_aware)
		add_vlans(batch, port, false, bridge->dev->vlans, bridge->dev->n_vlans);
}

void net_linkinfo_put_self_vlans(const struct net_state *to, const struct st_link *bridge,
				 struct net_batch *batch)
{
	for (size_t i = 0; bridge->dev && bridge->dev->vlan_aware && i < to->n_links; i++) {
		const struct st_link *vlan = &to->links[i];
		auto_free char *id = xasprintf("%u", vlan->vlan_id);
		const char *ids[] = { id };

		if (str_eq(vlan->kind, "vlan") && vlan->parent == bridge->index)
			add_vlans(batch, bridge, true, ids, 1);
	}
}
