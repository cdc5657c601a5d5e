/* Addresses that can be, devices that are made of others once. */
#include <arpa/inet.h>

#include "base/util.h"
#include "kickstart/check.h"

static bool is_host_ip4(uint32_t ip)
{
	return ip >> 24 != 0 && ip >> 24 != 127 && ip >> 24 < 224;
}

/* A dotted mask, or a prefix length. */
static bool read_netmask(const char *s, uint32_t *ret)
{
	uint64_t len;
	uint32_t host;

	if (str_u64(s, &len) && len >= 1 && len <= 32) {
		*ret = (uint32_t)(UINT64_C(0xffffffff) << (32 - len));
		return true;
	}
	if (!str_ip4(s, ret) || !*ret)
		return false;
	host = ~*ret;
	return (host & (host + 1)) == 0;
}

static bool is_ip6(const char *s)
{
	size_t len = strcspn(s, "/");
	auto_free char *addr = xstrndup(s, len);
	struct in6_addr a;
	uint64_t prefix;

	if (s[len] && (!str_u64(s + len + 1, &prefix) || prefix > 128))
		return false;
	return inet_pton(AF_INET6, addr, &a) == 1;
}

static bool is_address(const char *s)
{
	uint32_t ip;

	return str_ip4(s, &ip) || is_ip6(s);
}

static bool is_hostname(const char *s)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";

	if (strlen(s) > 253)
		return false;
	do {
		size_t n = strspn(s, letters);

		if (!n || n > 63 || s[0] == '-' || s[n - 1] == '-' || (s[n] && s[n] != '.'))
			return false;
		s += n + (s[n] == '.');
	} while (*s);
	return true;
}

static void check_ip4(const struct ks_network *n, struct ks_fault *f)
{
	uint32_t ip = 0, mask = 0, gw = 0;
	bool ip_ok = n->ip && str_ip4(n->ip, &ip) && is_host_ip4(ip);
	bool mask_ok = n->netmask && read_netmask(n->netmask, &mask);
	bool gw_ok = n->gateway && str_ip4(n->gateway, &gw) && is_host_ip4(gw);

	if (n->ip && !ip_ok)
		ks_fault(f, &n->at, "--ip", "\"%s\" is no IPv4 address that a host can have", n->ip);
	if (n->netmask && !mask_ok)
		ks_fault(f, &n->at, "--netmask", "\"%s\" is no netmask", n->netmask);
	if (n->gateway && !gw_ok)
		ks_fault(f, &n->at, "--gateway", "\"%s\" is no IPv4 address that a host can have",
			 n->gateway);
	if (!ip_ok || !mask_ok)
		return;
	if (~mask > 1 && ((ip & ~mask) == 0 || (ip & ~mask) == ~mask))
		ks_fault(f, &n->at, "--ip",
			 "%s is the network's own or its broadcast address with netmask %s", n->ip,
			 n->netmask);
	if (gw_ok && (gw & mask) != (ip & mask))
		ks_fault(f, &n->at, "--gateway", "%s is outside the subnet of --ip %s, netmask %s",
			 n->gateway, n->ip, n->netmask);
	else if (gw_ok && gw == ip)
		ks_fault(f, &n->at, "--gateway", "%s is the host's own address", n->gateway);
}

static void check_static(const struct ks_network *n, struct ks_fault *f)
{
	bool is_static = str_eq(n->bootproto, "static");
	bool has_ip6 = n->ipv6 && strcmp(n->ipv6, "auto") != 0 && strcmp(n->ipv6, "dhcp") != 0;

	if (is_static && !n->noipv4 && !n->ip && !has_ip6)
		ks_fault(f, &n->at, "--bootproto", "static needs --ip and --netmask");
	if (is_static && n->ip && !n->netmask)
		ks_fault(f, &n->at, "--ip", "needs --netmask");
	if (!n->ip && n->netmask && is_static)
		ks_fault(f, &n->at, "--netmask", "needs --ip");
	if (str_eq(n->bootproto, "none") && n->ip)
		ks_fault(f, &n->at, "--ip", "contradicts --bootproto=none");
	if ((!n->bootproto || str_eq(n->bootproto, "dhcp")) && n->ip)
		ks_fault(f, &n->at, "--ip", "has no effect with --bootproto=dhcp; static is wanted");
	if (has_ip6 && !is_ip6(n->ipv6))
		ks_fault(f, &n->at, "--ipv6", "\"%s\" is no IPv6 address", n->ipv6);
	if (n->ipv6gateway && !is_ip6(n->ipv6gateway))
		ks_fault(f, &n->at, "--ipv6gateway", "\"%s\" is no IPv6 address", n->ipv6gateway);
	if (n->activate && n->no_activate)
		ks_fault(f, &n->at, "--no-activate", "contradicts --activate");
}

static void check_parts(const struct ks *ks, size_t i, struct ks_fault *f)
{
	const struct ks_network *n = &ks->networks[i];
	const struct ks_list *lists[] = { &n->bondslaves, &n->bridgeslaves, &n->teamslaves };
	int kinds = 0;

	for (size_t k = 0; k < ARRAY_SIZE(lists); k++) {
		kinds += lists[k]->n > 0;
		for (size_t j = 0; j < lists[k]->n; j++) {
			if (str_eq(n->device, lists[k]->v[j]))
				ks_fault(f, &n->at, lists[k]->v[j], "can't be made of itself");
			for (size_t o = 0; o < i; o++)
				if (ks_list_has(&ks->networks[o].bridgeslaves, lists[k]->v[j]) ||
				    ks_list_has(&ks->networks[o].bondslaves, lists[k]->v[j]) ||
				    ks_list_has(&ks->networks[o].teamslaves, lists[k]->v[j]))
					ks_fault(f, &n->at, lists[k]->v[j],
						 "is already part of %s on line %u",
						 ks->networks[o].device ? ks->networks[o].device
									: "another device",
						 ks->networks[o].at.line);
		}
	}
	if (kinds > 1)
		ks_fault(f, &n->at, "network", "a device is a bond, a bridge or a team, not two of them");
	if (kinds && !n->device)
		ks_fault(f, &n->at, "network", "a bond, bridge or team needs --device: its name");
}

void ks_check_net(const struct ks *ks, struct ks_fault *f)
{
	for (size_t i = 0; i < ks->n_networks; i++) {
		const struct ks_network *n = &ks->networks[i];

		check_ip4(n, f);
		check_static(n, f);
		check_parts(ks, i, f);
		for (size_t j = 0; j < n->nameserver.n; j++)
			if (!is_address(n->nameserver.v[j]))
				ks_fault(f, &n->at, "--nameserver", "\"%s\" is no address",
					 n->nameserver.v[j]);
		if (n->hostname && !is_hostname(n->hostname))
			ks_fault(f, &n->at, "--hostname", "\"%s\" is no host name", n->hostname);
		if (n->mtu_word && n->mtu != -1 && (n->mtu < 68 || n->mtu > 65535))
			ks_fault(f, &n->at, "--mtu", "%lld is out of range: from 68 to 65535 are possible",
				 (long long)n->mtu);
		if (n->vlanid_word && n->vlanid != -1 && (n->vlanid < 1 || n->vlanid > 4094))
			ks_fault(f, &n->at, "--vlanid", "%lld is out of range: from 1 to 4094 are possible",
				 (long long)n->vlanid);
		for (size_t j = 0; n->device && n->ip && j < i; j++)
			if (str_eq(ks->networks[j].ip, n->ip))
				ks_fault(f, &n->at, "--ip", "%s was already given on line %u", n->ip,
					 ks->networks[j].at.line);
	}
}
