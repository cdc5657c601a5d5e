/* A bond: `network --device=bond0 --bondslaves=NIC,NIC --bondopts=mode=802.3ad,miimon=100`. */
#include "base/util.h"
#include "netbridge/kind.h"

enum { RR = 1, AB = 2, XOR = 4, BC = 8, AD = 16, TLB = 32, ALB = 64, ANY = 127 };

static const char *const modes[] = { "balance-rr", "active-backup", "balance-xor", "broadcast",
				     "802.3ad",    "balance-tlb",   "balance-alb" };

static const char *const lacp_rates[] = { "slow", "fast", NULL };
static const char *const ad_selects[] = { "stable", "bandwidth", "count", NULL };
static const char *const fail_over_macs[] = { "none", "active", "follow", NULL };
static const char *const reselects[] = { "always", "better", "failure", NULL };
static const char *const validates[] = { "none", "active", "backup", "all", NULL };
static const char *const hashes[] = { "layer2",   "layer3+4",    "layer2+3", "encap2+3",
				      "encap3+4", "vlan+srcmac", NULL };

/* Linux' Documentation/networking/bonding.rst; the words of networkd from systemd.netdev(5). */
static const struct option {
	const char *name;
	unsigned modes;           /* those in which it has an effect */
	const char *const *words; /* NULL: a number, or (max 0) names or addresses */
	unsigned max;
	const char *networkd, *unit;
} options[] = {
	{ "miimon", ANY, NULL, 3600000, "MIIMonitorSec", "ms" },
	{ "updelay", ANY, NULL, 3600000, "UpDelaySec", "ms" },
	{ "downdelay", ANY, NULL, 3600000, "DownDelaySec", "ms" },
	{ "lacp_rate", AD, lacp_rates, 0, "LACPTransmitRate", "" },
	{ "ad_select", AD, ad_selects, 0, "AdSelect", "" },
	{ "min_links", AD, NULL, 64, "MinLinks", "" },
	{ "xmit_hash_policy", XOR | AD | TLB, hashes, 0, "TransmitHashPolicy", "" },
	{ "primary", AB | TLB | ALB, NULL, 0, NULL, "" },
	{ "primary_reselect", AB | TLB | ALB, reselects, 0, "PrimaryReselectPolicy", "" },
	{ "fail_over_mac", AB, fail_over_macs, 0, "FailOverMACPolicy", "" },
	{ "arp_interval", RR | AB | XOR | BC, NULL, 3600000, "ARPIntervalSec", "ms" },
	{ "arp_ip_target", RR | AB | XOR | BC, NULL, 0, "ARPIPTargets", "" },
	{ "arp_validate", RR | AB | XOR | BC, validates, 0, "ARPValidate", "" },
	{ "num_grat_arp", AB, NULL, 255, "GratuitousARP", "" },
	{ "resend_igmp", RR | AB | TLB | ALB, NULL, 255, "ResendIGMP", "" },
	{ "packets_per_slave", RR, NULL, 65535, "PacketsPerSlave", "" },
	{ "lp_interval", TLB | ALB, NULL, 0x7fffffff, "LearnPacketIntervalSec", "s" },
	{ "all_slaves_active", ANY, NULL, 1, "AllSlavesActive", "" },
	{ "tlb_dynamic_lb", TLB | ALB, NULL, 1, "DynamicTransmitLoadBalancing", "" },
};

static bool claims(const struct ks_network *line)
{
	return line->bondslaves.n || line->bondopts;
}

static const char *mode_of(const char *word)
{
	uint64_t n;

	if (str_u64(word, &n) && n < ARRAY_SIZE(modes))
		return modes[n];
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++)
		if (str_eq(modes[i], word))
			return modes[i];
	return NULL;
}

static unsigned mode_bit(const char *mode)
{
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++)
		if (str_eq(modes[i], mode))
			return 1u << i;
	return 0;
}

static const struct option *find_option(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(options); i++)
		if (str_eq(options[i].name, name))
			return &options[i];
	return NULL;
}

static void unknown_option(struct net_make *m, const struct ks_network *line, const char *key)
{
	const char *names[ARRAY_SIZE(options) + 1] = { "mode" };
	const char *near;

	for (size_t i = 0; i < ARRAY_SIZE(options); i++)
		names[i + 1] = options[i].name;
	near = str_nearest(key, names, ARRAY_SIZE(names));
	net_bad(m, ERR_INPUT, &line->at, key, "no option of a bond%s%s%s", near ? "; did you mean " : "",
		near ? near : "", near ? "?" : "");
}

/* The word of a list, also by its number, as the kernel takes both. */
static const char *word_of(const struct option *o, const char *value)
{
	uint64_t n = UINT64_MAX;

	str_u64(value, &n);
	for (size_t i = 0; o->words[i]; i++)
		if (str_eq(o->words[i], value) || i == n)
			return o->words[i];
	return NULL;
}

static void set_option(struct net_make *m, const struct ks_network *line, struct net_if *bond,
		       const char *key, const char *value)
{
	const char *mode = net_setting_get(bond->opts, bond->n_opts, "mode");
	const struct option *o = find_option(key);
	auto_free char *word = xasprintf("%s=%s", key, value);
	uint64_t n;

	if (!o) {
		unknown_option(m, line, key);
	} else if (!(o->modes & mode_bit(mode))) {
		net_bad(m, ERR_INPUT, &line->at, word, "has no effect in mode %s", mode);
	} else if (o->words && !word_of(o, value)) {
		auto_buf b = { 0 };

		for (size_t i = 0; o->words[i]; i++)
			buf_addf(&b, "%s%s", i ? ", " : "", o->words[i]);
		net_bad(m, ERR_INPUT, &line->at, word, "is none of: %s", buf_str(&b));
	} else if (o->max && (!str_u64(value, &n) || n > o->max)) {
		net_bad(m, ERR_INPUT, &line->at, word, "wants a number from 0 to %u", o->max);
	} else {
		net_setting_add(m, &bond->opts, &bond->n_opts, key, o->words ? word_of(o, value) : value);
	}
}

/* "a=b,c=d", or "a=b;c=d,e" where a value has commas itself. */
static void set_options(struct net_make *m, const struct ks_network *line, struct net_if *bond)
{
	const char *text = line->bondopts ? line->bondopts : "", *mode = "balance-rr";
	auto_argv words = { 0 };

	argv_split(&words, text, strchr(text, ';') ? "; " : ", ");
	for (size_t i = 0; i < words.n; i++)
		if (str_starts(words.v[i], "mode=")) {
			mode = mode_of(words.v[i] + strlen("mode="));
			if (!mode)
				net_bad(m, ERR_INPUT, &line->at, words.v[i],
					"is none of: balance-rr, active-backup, balance-xor, broadcast, "
					"802.3ad, "
					"balance-tlb, balance-alb");
		}
	if (!mode)
		return;
	net_setting_add(m, &bond->opts, &bond->n_opts, "mode", mode);
	for (size_t i = 0; i < words.n; i++) {
		char *eq = strchr(words.v[i], '=');

		if (!eq) {
			net_bad(m, ERR_INPUT, &line->at, words.v[i], "--bondopts are KEY=VALUE,...");
			continue;
		}
		*eq = '\0';
		if (!str_eq(words.v[i], "mode"))
			set_option(m, line, bond, words.v[i], eq + 1);
	}
}

static const char *opt(const struct net_if *bond, const char *key)
{
	return net_setting_get(bond->opts, bond->n_opts, key);
}

static void check_options(struct net_make *m, const struct ks_network *line, struct net_if *bond)
{
	const char *arp = opt(bond, "arp_interval"), *mii = opt(bond, "miimon");

	if (arp && mii && !str_eq(arp, "0") && !str_eq(mii, "0"))
		net_bad(m, ERR_INPUT, &line->at, "arp_interval",
			"excludes miimon: legs are watched in one way");
	if (arp && !opt(bond, "arp_ip_target"))
		net_bad(m, ERR_INPUT, &line->at, "arp_interval", "wants arp_ip_target beside it");
	/* A bond that doesn't watch its legs sends half of the frames into a pulled cable. */
	if (opt(bond, "mode") && !arp && !mii)
		net_setting_add(m, &bond->opts, &bond->n_opts, "miimon", "100");
}

static void plan_bond(struct net_make *m, const struct ks_network *line)
{
	struct net_if *bond;

	if (!line->device) {
		net_bad(m, ERR_INPUT, &line->at, "--bondslaves",
			"wants --device=NAME beside it, the bond's name");
		return;
	}
	bond = net_if_add(m, &net_kind_bond, line, line->device);
	set_options(m, line, bond);
	check_options(m, line, bond);
	if (line->vlanid > 0)
		net_kind_vlan.plan(m, line);
	else
		net_address_make(m, line, &bond->addr);
}

static void attach(struct net_make *m, const struct ks_network *line, struct net_if *bond)
{
	const char *primary = opt(bond, "primary");
	bool found = !primary;

	if (!line->bondslaves.n)
		net_bad(m, ERR_INPUT, &line->at, line->device, "a bond wants --bondslaves=NIC,...");
	for (size_t i = 0; i < line->bondslaves.n; i++) {
		struct net_if *leg = net_if_find(m, &line->at, line->bondslaves.v[i]);

		if (!leg)
			continue;
		if (primary && net_if_known(m, primary) == leg) {
			for (size_t o = 0; o < bond->n_opts; o++) /* by its name in the installed system */
				if (str_eq(bond->opts[o].key, "primary"))
					bond->opts[o].value = leg->name;
			found = true;
		}
		net_if_put_under(m, &line->at, bond, leg, line->bondslaves.v[i]);
	}
	if (!found)
		net_bad(m, ERR_INPUT, &line->at, primary, "primary is none of the bond's legs");
}

static void print(const struct net_if *bond, struct buf *b)
{
	buf_addf(b, "network: make bond %s", bond->name);
	for (size_t i = 0; i < bond->n_lower; i++)
		buf_addf(b, "%s%s", i ? ", " : " over ", bond->lower[i]->name);
	for (size_t i = 0; i < bond->n_opts; i++)
		buf_addf(b, ", %s %s", bond->opts[i].key, bond->opts[i].value);
	if (bond->mac)
		buf_addf(b, ", MAC %s", bond->mac);
}

static void netdev(const struct net_if *bond, struct buf *b)
{
	buf_addf(b, "\n[Bond]\nMode=%s\n", opt(bond, "mode"));
	for (size_t i = 0; i < bond->n_opts; i++) {
		const struct option *o = find_option(bond->opts[i].key);
		const char *value = bond->opts[i].value;

		if (!o || !o->networkd)
			continue;
		if (str_eq(o->name, "arp_ip_target")) {
			buf_addf(b, "%s=", o->networkd);
			for (const char *c = value; *c; c++)
				buf_addc(b, *c == ',' ? ' ' : *c);
			buf_addc(b, '\n');
		} else {
			buf_addf(b, "%s=%s%s\n", o->networkd, value, o->unit);
		}
	}
}

/* ifenslave's words are the kernel's with dashes. */
static void stanza(const struct net_if *bond, struct buf *b)
{
	buf_adds(b, "\tbond-slaves");
	for (size_t i = 0; i < bond->n_lower; i++)
		buf_addf(b, " %s", bond->lower[i]->name);
	buf_addc(b, '\n');
	for (size_t i = 0; i < bond->n_opts; i++) {
		buf_adds(b, "\tbond-");
		for (const char *c = bond->opts[i].key; *c; c++)
			buf_addc(b, *c == '_' ? '-' : *c);
		buf_addf(b, " %s\n", bond->opts[i].value);
	}
}

const struct net_kind net_kind_bond = {
	.name = "bond",
	.claims = claims,
	.plan = plan_bond,
	.attach = attach,
	.print = print,
	.netdev = netdev,
	.stanza = stanza,
};
