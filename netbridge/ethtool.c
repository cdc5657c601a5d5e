/* --ethtool: what a NIC's driver is told. The words are ethtool(8)'s, for speed, offloads, rings, queues,
 * wake-up. */
#include "base/util.h"
#include "netbridge/kind.h"

/* systemd.link(5)'s name for each; for ethtool(8) the option that takes it. */
static const struct setting {
	const char *key;
	const char *option; /* "-K" */
	const char *link;   /* in a .link file's [Link]; NULL: only by ethtool(8) */
} settings[] = {
	{ "speed", "-s", "BitsPerSecond" },
	{ "duplex", "-s", "Duplex" },
	{ "autoneg", "-s", "AutoNegotiation" },
	{ "wol", "-s", "WakeOnLan" },
	{ "rx", "-G", "RxBufferSize" },
	{ "tx", "-G", "TxBufferSize" },
	{ "combined", "-L", "CombinedChannels" },
	{ "gro", "-K", "GenericReceiveOffload" },
	{ "gso", "-K", "GenericSegmentationOffload" },
	{ "tso", "-K", "TCPSegmentationOffload" },
	{ "lro", "-K", "LargeReceiveOffload" },
	{ "rxcsum", "-K", "ReceiveChecksumOffload" },
	{ "txcsum", "-K", "TransmitChecksumOffload" },
	{ "rxvlan", "-K", "ReceiveVLANCTAGHardwareAcceleration" },
	{ "txvlan", "-K", "TransmitVLANCTAGHardwareAcceleration" },
	{ "ntuple", "-K", "NTupleFilter" },
};

static const struct setting *find(const char *key)
{
	for (size_t i = 0; i < ARRAY_SIZE(settings); i++)
		if (str_eq(settings[i].key, key))
			return &settings[i];
	return NULL;
}

static bool is_onoff(const char *v)
{
	return str_eq(v, "on") || str_eq(v, "off");
}

/* rx and tx are rings by number, checksums by on and off, as ethtool(8) tells them by -G and -K. */
static const char *key_of(const char *word, const char *value)
{
	if (str_eq(word, "rx") && is_onoff(value))
		return "rxcsum";
	if (str_eq(word, "tx") && is_onoff(value))
		return "txcsum";
	return word;
}

static bool value_ok(const char *key, const char *value)
{
	static const char wol[] = "pumbagsd";
	uint64_t n;

	if (str_eq(key, "speed") || str_eq(key, "rx") || str_eq(key, "tx") || str_eq(key, "combined"))
		return str_u64(value, &n) && n >= 1 && n <= 1000000;
	if (str_eq(key, "duplex"))
		return str_eq(value, "full") || str_eq(value, "half");
	if (str_eq(key, "wol"))
		return *value && strspn(value, wol) == strlen(value);
	return is_onoff(value);
}

void net_ethtool_make(struct net_make *m, const struct ks_network *line, struct net_if *nic)
{
	const char *names[ARRAY_SIZE(settings)];
	auto_argv words = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(settings); i++)
		names[i] = settings[i].key;
	argv_split(&words, line->ethtool ? line->ethtool : "", " \t");
	for (size_t i = 0; i < words.n; i++) {
		const char *value = i + 1 < words.n ? words.v[i + 1] : "";
		const char *key = key_of(words.v[i], value);

		if (words.v[i][0] == '-') /* -K, -G, -s: each word is told by its name */
			continue;
		if (!find(key)) {
			const char *near = str_nearest(key, names, ARRAY_SIZE(names));

			net_bad(m, ERR_INPUT, &line->at, key, "no setting of --ethtool%s%s%s",
				near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
		} else if (!value_ok(key, value)) {
			net_bad(m, ERR_INPUT, &line->at, key, "%s%s is no value for it",
				*value ? value : "nothing", "");
		} else {
			net_setting_add(m, &nic->ethtool, &nic->n_ethtool, key, value);
		}
		i++;
	}
}

static const char *wol_word(char letter)
{
	static const char *const words[] = { "phy", "unicast", "multicast", "broadcast",
					     "arp", "magic",   "secureon",  "off" };
	const char *at = strchr("pumbagsd", letter);

	return words[at - "pumbagsd"];
}

void net_ethtool_link(const struct net_if *nic, struct buf *b)
{
	for (size_t i = 0; i < nic->n_ethtool; i++) {
		const struct net_setting *s = &nic->ethtool[i];
		const char *link = find(s->key)->link;

		if (str_eq(s->key, "speed")) {
			buf_addf(b, "%s=%sM\n", link, s->value);
		} else if (str_eq(s->key, "wol")) {
			buf_addf(b, "%s=", link);
			for (const char *c = s->value; *c; c++)
				buf_addf(b, "%s%s", c == s->value ? "" : " ", wol_word(*c));
			buf_addc(b, '\n');
		} else if (is_onoff(s->value)) {
			buf_addf(b, "%s=%s\n", link, str_eq(s->value, "on") ? "yes" : "no");
		} else {
			buf_addf(b, "%s=%s\n", link, s->value);
		}
	}
}

void net_ethtool_commands(const struct net_if *nic, const char *front, struct buf *b)
{
	static const char *const options[] = { "-s", "-K", "-G", "-L" };

	for (size_t o = 0; o < ARRAY_SIZE(options); o++) {
		bool any = false;

		for (size_t i = 0; i < nic->n_ethtool; i++) {
			const struct net_setting *s = &nic->ethtool[i];
			const char *key = str_eq(s->key, "rxcsum")   ? "rx"
					  : str_eq(s->key, "txcsum") ? "tx"
								     : s->key;

			if (!str_eq(find(s->key)->option, options[o]))
				continue;
			if (!any)
				buf_addf(b, "%sethtool %s %s", front, options[o], nic->name);
			any = true;
			buf_addf(b, " %s %s", key, s->value);
		}
		if (any)
			buf_addc(b, '\n');
	}
}
