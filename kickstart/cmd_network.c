/* network: one device, or only the host name. */
#include "base/util.h"
#include "kickstart/value.h"

static const struct ks_choice protos[] = {
	{ "dhcp", 0 },
	{ "bootp", 0 },
	{ "static", 0 },
	{ "none", 0 },
	{ "query", KS_SINCE(F9, RHEL5) },
	{ "ibft", KS_SINCE(F16, RHEL6) },
	{ 0 },
};
static const struct ks_choice binds[] = { { "mac", 0 }, { 0 } };

#define S ks_network
static const struct ks_opt opts[] = {
	{ "--device", KS_STRING, KS_OFF(S, device) },
	{ "--bootproto", KS_CHOICE, KS_OFF(S, bootproto), .choices = protos },
	{ "--ip", KS_STRING, KS_OFF(S, ip) },
	{ "--netmask", KS_STRING, KS_OFF(S, netmask) },
	{ "--gateway", KS_STRING, KS_OFF(S, gateway) },
	{ "--nameserver", KS_LIST, KS_OFF(S, nameserver) },
	{ "--ipv6", KS_STRING, KS_OFF(S, ipv6), .versions = KS_SINCE(F8, RHEL6) },
	{ "--ipv6gateway", KS_STRING, KS_OFF(S, ipv6gateway), .versions = KS_SINCE(F19, RHEL7) },
	{ "--hostname", KS_STRING, KS_OFF(S, hostname) },
	{ "--onboot", KS_BOOL, KS_OFF(S, onboot) },
	{ "--activate", KS_FLAG, KS_OFF(S, activate), .versions = KS_SINCE(F16, RHEL6), .rival = 1 },
	{ "--no-activate", KS_FLAG, KS_OFF(S, no_activate), .versions = KS_SINCE(F25, RHEL7), .rival = 1 },
	{ "--mtu", KS_STRING, KS_OFF(S, mtu_word), .flags = KS_NUMBER },
	{ "--ethtool", KS_STRING, KS_OFF(S, ethtool) },
	{ "--dhcpclass", KS_STRING, KS_OFF(S, dhcpclass) },
	{ "--nodefroute", KS_FLAG, KS_OFF(S, nodefroute), .versions = KS_SINCE(F16, RHEL6) },
	{ "--nodns", KS_FLAG, KS_OFF(S, nodns) },
	{ "--noipv4", KS_FLAG, KS_OFF(S, noipv4), .versions = KS_SINCE(FC6, RHEL5) },
	{ "--noipv6", KS_FLAG, KS_OFF(S, noipv6), .versions = KS_SINCE(FC6, RHEL5) },
	{ "--bondslaves", KS_LIST, KS_OFF(S, bondslaves), .versions = KS_SINCE(F19, RHEL6) },
	{ "--bondopts", KS_STRING, KS_OFF(S, bondopts), .versions = KS_SINCE(F19, RHEL6) },
	{ "--vlanid", KS_STRING, KS_OFF(S, vlanid_word), .versions = KS_SINCE(F19, RHEL6),
	  .flags = KS_NUMBER },
	{ "--interfacename", KS_STRING, KS_OFF(S, interfacename), .versions = KS_SINCE(F21, RHEL7) },
	{ "--bridgeslaves", KS_LIST, KS_OFF(S, bridgeslaves), .versions = KS_SINCE(F22, RHEL7) },
	{ "--bridgeopts", KS_STRING, KS_OFF(S, bridgeopts), .versions = KS_SINCE(F22, RHEL7) },
	{ "--teamslaves", KS_LIST, KS_OFF(S, teamslaves), .versions = KS_SINCE(F20, RHEL7),
	  .deprecated = KS_SINCE_RHEL(RHEL10), .flags = KS_QUOTED,
	  .instead = "a bond takes the place of a team: --bondslaves" },
	{ "--teamconfig", KS_STRING, KS_OFF(S, teamconfig), .versions = KS_SINCE(F20, RHEL7),
	  .deprecated = KS_SINCE_RHEL(RHEL10), .instead = "a bond takes the place of a team: --bondopts" },
	{ "--bindto", KS_CHOICE, KS_OFF(S, bindto), .choices = binds, .versions = KS_SINCE(F27, RHEL7) },
	{ "--ipv4-dns-search", KS_LIST, KS_OFF(S, ipv4_dns_search), .versions = KS_SINCE(F39, RHEL9) },
	{ "--ipv6-dns-search", KS_LIST, KS_OFF(S, ipv6_dns_search), .versions = KS_SINCE(F39, RHEL9) },
	{ "--ipv4-ignore-auto-dns", KS_FLAG, KS_OFF(S, ipv4_ignore_auto_dns),
	  .versions = KS_SINCE(F39, RHEL9) },
	{ "--ipv6-ignore-auto-dns", KS_FLAG, KS_OFF(S, ipv6_ignore_auto_dns),
	  .versions = KS_SINCE(F39, RHEL9) },
	{ "--notksdevice", KS_FLAG, KS_OFF(S, notksdevice), .versions = KS_SINCE(FC4, RHEL4) },
	{ "--essid", KS_STRING, KS_OFF(S, essid) },
	{ "--wepkey", KS_STRING, KS_OFF(S, wepkey), .flags = KS_SECRET },
	{ "--wpakey", KS_STRING, KS_OFF(S, wpakey), .versions = KS_SINCE(F16, RHEL7), .flags = KS_SECRET },
	{ 0 },
};
#undef S

/* PREFIX.ID or vlanID: the names that RHEL 7 reads a VLAN's number out of. */
static const char *bad_vlan_name(const char *name)
{
	const char *dot = strchr(name, '.');
	const char *id = dot ? dot + 1 : str_starts(name, "vlan") ? name + 4 : NULL;
	uint64_t n;

	if (!id)
		return NULL;
	if (dot && dot - name == 4 && str_starts(name, "vlan"))
		return "\"vlan\" can't stand in front of the dot";
	if (!str_u64(id, &n))
		return "a VLAN's number must follow";
	return n > 4095 ? "a VLAN's number is from 0 to 4095" : NULL;
}

/* key=value,... */
static bool is_pairs(const char *s)
{
	while (*s) {
		size_t len = strcspn(s, ","), key = strcspn(s, "=,");

		if (!key || key >= len)
			return false;
		s += len + (s[len] == ',');
	}
	return true;
}

static void check_device(struct ks_line *line, const struct ks_network *n)
{
	static const char *const of_device[] = { "--ipv4-dns-search", "--ipv6-dns-search",
						 "--ipv4-ignore-auto-dns", "--ipv6-ignore-auto-dns" };
	const char *bad =
		n->interfacename && line->version == KS_RHEL7 ? bad_vlan_name(n->interfacename) : NULL;

	for (size_t i = 0; i < ARRAY_SIZE(of_device); i++)
		if (ks_line_gave(line, of_device[i]) && !n->device)
			ks_line_error(line, of_device[i], "needs --device");
	if (bad)
		ks_line_error(line, "--interfacename", "%s", bad);
	if (n->bridgeopts && !is_pairs(n->bridgeopts))
		ks_line_error(line, "--bridgeopts", "\"%s\" isn't KEY=VALUE,...", n->bridgeopts);
	if (n->bindto && ks_line_gave(line, "--vlanid") && !(n->bondopts && *n->bondopts))
		ks_line_error(line, "--bindto", "is not for VLANs");
}

static void check(struct ks_line *line, void *data)
{
	static const char *const opts_of[][2] = {
		{ "--bondopts", "--bondslaves" },
		{ "--bridgeopts", "--bridgeslaves" },
		{ "--teamconfig", "--teamslaves" },
	};

	struct ks_network *n = data;

	if (!n->mtu_word || !ks_value_int(n->mtu_word, &n->mtu))
		n->mtu = -1;
	if (!n->vlanid_word || !ks_value_int(n->vlanid_word, &n->vlanid))
		n->vlanid = -1;
	check_device(line, data);
	for (size_t i = 0; i < ARRAY_SIZE(opts_of); i++) {
		if (!ks_line_gave(line, opts_of[i][0]) || ks_line_gave(line, opts_of[i][1]))
			continue;
		if (strcmp(opts_of[i][0], "--bridgeopts") == 0)
			ks_line_error(line, opts_of[i][0], "needs %s", opts_of[i][1]);
		else
			ks_line_warn(line, opts_of[i][0], "has no effect without %s", opts_of[i][1]);
	}
}

const struct ks_cmd ks_cmd_network = {
	.name = "network",
	.versions = KS_ALWAYS,
	.opts = opts,
	.check = check,
	KS_MANY(networks, ks_network),
};
