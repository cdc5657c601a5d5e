/*
 * A bridge: `network --device=xenbr0 --bridgeslaves=bond0`; without ports, an internal network between
 * guests. With --bridgeopts=vlan-filtering=yes it knows VLANs: each guest's vif gets its own.
 */
#include "base/util.h"
#include "netbridge/kind.h"

/* "xenbr" and a number: a bridge even where the line names no ports. */
static bool bridge_name(const char *device)
{
	const char *n = device && str_starts(device, "xenbr") ? device + strlen("xenbr") : "";

	return *n && strspn(n, "0123456789") == strlen(n);
}

static bool claims(const struct ks_network *line)
{
	return line->bridgeslaves.n || line->bridgeopts || bridge_name(line->device);
}

static bool is_no(const char *v)
{
	return str_eq(v, "no") || str_eq(v, "off") || str_eq(v, "false") || str_eq(v, "0");
}

static bool is_yes(const char *v)
{
	return str_eq(v, "yes") || str_eq(v, "on") || str_eq(v, "true") || str_eq(v, "1");
}

/* "10", "20-30". */
static bool is_vlans(const char *word)
{
	const char *dash = strchr(word, '-');
	auto_free char *first = dash ? xstrndup(word, (size_t)(dash - word)) : xstrdup(word);
	uint64_t from, to;

	return str_u64(first, &from) && str_u64(dash ? dash + 1 : first, &to) && from >= 1 && from <= to &&
	       to <= 4094;
}

static void add_vlan(struct net_make *m, struct net_if *bridge, const char *word)
{
	const char **slot = arena_push(&m->plan->arena, &bridge->vlans, &bridge->n_vlans, sizeof(*slot));

	*slot = arena_strdup(&m->plan->arena, word);
}

static void set_vlans(struct net_make *m, const struct ks_network *line, struct net_if *bridge,
		      const char *value)
{
	auto_argv words = { 0 };

	argv_split(&words, value, " ;");
	for (size_t i = 0; i < words.n; i++) {
		if (is_vlans(words.v[i]))
			add_vlan(m, bridge, words.v[i]);
		else
			net_bad(m, ERR_INPUT, &line->at, words.v[i],
				"vlans= wants numbers or ranges from 1 to 4094, between blanks");
	}
}

static void set_number(struct net_make *m, const struct ks_network *line, struct net_if *bridge,
		       const char *key, const char *value, unsigned max)
{
	auto_free char *word = xasprintf("%s=%s", key, value);
	uint64_t n;

	if (!str_u64(value, &n) || n > max)
		net_bad(m, ERR_INPUT, &line->at, word, "wants a number from 0 to %u", max);
	else if (str_eq(key, "vlan-default-pvid"))
		bridge->pvid = (unsigned)n;
	else
		net_setting_add(m, &bridge->opts, &bridge->n_opts, key, value);
}

/* In NetworkManager's words, as kickstart has them. */
static void set_option(struct net_make *m, const struct ks_network *line, struct net_if *bridge,
		       const char *key, const char *value)
{
	static const char *const names[] = {
		"stp",   "ageing-time",        "group-forward-mask", "vlan-filtering", "vlan-default-pvid",
		"vlans", "multicast-snooping", "forward-delay"
	};
	auto_free char *word = xasprintf("%s=%s", key, value);
	const char *near;

	if (str_eq(key, "stp") || str_eq(key, "multicast-snooping")) {
		if (!is_yes(value) && !is_no(value))
			net_bad(m, ERR_INPUT, &line->at, word, "wants yes or no");
		else if (str_eq(key, "stp") && is_yes(value))
			net_bad(m, ERR_INPUT, &line->at, word,
				"STP stays off: each new vif of a guest would be blocked for 30 s, and a "
				"guarded "
				"switch port shut");
		else if (is_yes(value))
			net_setting_add(m, &bridge->opts, &bridge->n_opts, key, "yes");
	} else if (str_eq(key, "vlan-filtering")) {
		if (!is_yes(value) && !is_no(value))
			net_bad(m, ERR_INPUT, &line->at, word, "wants yes or no");
		bridge->vlan_aware = is_yes(value);
	} else if (str_eq(key, "vlans")) {
		set_vlans(m, line, bridge, value);
	} else if (str_eq(key, "vlan-default-pvid")) {
		set_number(m, line, bridge, key, value, 4094);
	} else if (str_eq(key, "ageing-time")) {
		set_number(m, line, bridge, key, value, 1000000);
	} else if (str_eq(key, "group-forward-mask")) {
		set_number(m, line, bridge, key, value, 65535);
	} else if (str_eq(key, "priority") || str_eq(key, "hello-time") || str_eq(key, "max-age")) {
		net_bad(m, ERR_INPUT, &line->at, word, "has no effect: STP is off");
	} else if (!str_eq(key, "forward-delay")) { /* without STP the kernel ignores it */
		near = str_nearest(key, names, ARRAY_SIZE(names));
		net_bad(m, ERR_INPUT, &line->at, word, "no option of a bridge%s%s%s",
			near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
	}
}

static void set_options(struct net_make *m, const struct ks_network *line, struct net_if *bridge)
{
	auto_argv opts = { 0 };

	bridge->pvid = 1;
	argv_split(&opts, line->bridgeopts ? line->bridgeopts : "", ",");
	for (size_t i = 0; i < opts.n; i++) {
		char *eq = strchr(opts.v[i], '=');

		if (!eq) {
			net_bad(m, ERR_INPUT, &line->at, opts.v[i], "--bridgeopts are KEY=VALUE,...");
			continue;
		}
		*eq = '\0';
		set_option(m, line, bridge, opts.v[i], eq + 1);
	}
	if (bridge->vlan_aware && !bridge->n_vlans)
		add_vlan(m, bridge, "2-4094");
	else if (!bridge->vlan_aware && bridge->n_vlans)
		net_bad(m, ERR_INPUT, &line->at, "vlans", "wants vlan-filtering=yes beside it");
	if (!bridge->vlan_aware)
		bridge->pvid = 0;
}

static void plan_bridge(struct net_make *m, const struct ks_network *line)
{
	struct net_if *bridge;

	if (!line->device) {
		net_bad(m, ERR_INPUT, &line->at, "--bridgeslaves",
			"wants --device=NAME beside it, the bridge's name");
		return;
	}
	bridge = net_if_add(m, &net_kind_bridge, line, line->device);
	set_options(m, line, bridge);
	net_address_make(m, line, &bridge->addr);
}

static void attach(struct net_make *m, const struct ks_network *line, struct net_if *bridge)
{
	for (size_t i = 0; i < line->bridgeslaves.n; i++) {
		struct net_if *port = net_if_find(m, &line->at, line->bridgeslaves.v[i]);

		if (port)
			net_if_put_under(m, &line->at, bridge, port, line->bridgeslaves.v[i]);
	}
}

static void print_vlans(const struct net_if *bridge, struct buf *b)
{
	buf_adds(b, ", VLANs");
	for (size_t i = 0; i < bridge->n_vlans; i++)
		buf_addf(b, " %s", bridge->vlans[i]);
	if (bridge->pvid)
		buf_addf(b, ", untagged %u", bridge->pvid);
}

static void print(const struct net_if *bridge, struct buf *b)
{
	buf_addf(b, "network: make bridge %s", bridge->name);
	for (size_t i = 0; i < bridge->n_lower; i++)
		buf_addf(b, "%s%s", i ? ", " : " over ", bridge->lower[i]->name);
	if (!bridge->n_lower)
		buf_adds(b, " without ports");
	if (bridge->mac)
		buf_addf(b, ", MAC %s", bridge->mac);
	buf_adds(b, ", STP off");
	if (bridge->vlan_aware)
		print_vlans(bridge, b);
	for (size_t i = 0; i < bridge->n_opts; i++)
		buf_addf(b, ", %s %s", bridge->opts[i].key, bridge->opts[i].value);
}

static const char *opt(const struct net_if *bridge, const char *key)
{
	return net_setting_get(bridge->opts, bridge->n_opts, key);
}

static void netdev(const struct net_if *bridge, struct buf *b)
{
	buf_addf(b, "\n[Bridge]\nSTP=no\nForwardDelaySec=0\nMulticastSnooping=%s\n",
		 opt(bridge, "multicast-snooping") ? "yes" : "no");
	if (opt(bridge, "ageing-time"))
		buf_addf(b, "AgeingTimeSec=%s\n", opt(bridge, "ageing-time"));
	if (opt(bridge, "group-forward-mask"))
		buf_addf(b, "GroupForwardMask=%s\n", opt(bridge, "group-forward-mask"));
	if (bridge->vlan_aware) {
		buf_addf(b, "VLANFiltering=yes\n");
		if (bridge->pvid)
			buf_addf(b, "DefaultPVID=%u\n", bridge->pvid);
		else
			buf_adds(b, "DefaultPVID=none\n");
	}
}

static void stanza(const struct net_if *bridge, struct buf *b)
{
	buf_adds(b, "\tbridge_ports");
	for (size_t i = 0; i < bridge->n_lower; i++)
		buf_addf(b, " %s", bridge->lower[i]->name);
	buf_addf(b, "%s\n\tbridge_stp off\n\tbridge_fd 0\n\tbridge_maxwait 0\n",
		 bridge->n_lower ? "" : " none");
	if (bridge->mac)
		buf_addf(b, "\tbridge_hw %s\n", bridge->mac);
	if (opt(bridge, "ageing-time"))
		buf_addf(b, "\tbridge_ageing %s\n", opt(bridge, "ageing-time"));
	if (bridge->vlan_aware) {
		buf_adds(b, "\tbridge_vlan_aware yes\n\tbridge_vids");
		for (size_t i = 0; i < bridge->n_vlans; i++)
			buf_addf(b, " %s", bridge->vlans[i]);
		buf_addf(b, "\n\tup echo %u >/sys/class/net/$IFACE/bridge/default_pvid\n", bridge->pvid);
	}
	if (opt(bridge, "group-forward-mask"))
		buf_addf(b, "\tup echo %s >/sys/class/net/$IFACE/bridge/group_fwd_mask\n",
			 opt(bridge, "group-forward-mask"));
	buf_addf(b, "\tup echo %d >/sys/class/net/$IFACE/bridge/multicast_snooping\n",
		 opt(bridge, "multicast-snooping") ? 1 : 0);
}

const struct net_kind net_kind_bridge = {
	.name = "bridge",
	.claims = claims,
	.plan = plan_bridge,
	.attach = attach,
	.print = print,
	.netdev = netdev,
	.stanza = stanza,
};
