/* The files of the installed system, written into a temporary folder and compared whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/file.h"
#include "base/util.h"
#include "netbridge/netbridge.h"

static struct nic_facts nics[] = {
	{ .name = "ens16", .mac = "52:54:00:12:34:10", .driver = "virtio_net", .pci = "0000:00:10.0" },
	{ .name = "ens17", .mac = "52:54:00:12:34:11", .driver = "virtio_net", .pci = "0000:00:11.0" },
};
static const struct facts facts = { .nics = nics, .n_nics = ARRAY_SIZE(nics) };

static const char *slave16[] = { "ens16", NULL }, *slave17[] = { "ens17", NULL };
static const char *servers[] = { "192.0.2.53", "192.0.2.54", NULL }, *search[] = { "example.org", NULL };

static struct ks_network fixed[] = {
	{ .vlanid = -1,
	  .device = "xenbr0",
	  .bridgeslaves = { slave16, 1 },
	  .bootproto = "static",
	  .ip = "192.0.2.11",
	  .netmask = "255.255.255.0",
	  .gateway = "192.0.2.1",
	  .nameserver = { servers, 2 },
	  .ipv4_dns_search = { search, 1 },
	  .hostname = "xen11.example.org",
	  .noipv6 = true },
	{ .vlanid = -1,
	  .device = "xenbr1",
	  .bridgeslaves = { slave17, 1 },
	  .bootproto = "none",
	  .mtu = 9000 },
};

static struct ks_network dhcp[] = {
	{ .vlanid = -1, .device = "xenbr0", .bridgeslaves = { slave16, 1 } },
	{ .vlanid = -1, .device = "xenbr1", .bootproto = "none", .onboot = "no" },
};

static int make_root(void **state)
{
	char dir[] = "/tmp/test_net_files.XXXXXX";

	*state = mkdtemp(dir) ? xstrdup(dir) : NULL;
	return *state ? 0 : -1;
}

static int remove_root(void **state)
{
	int r = file_remove_tree(*state, NULL);

	free(*state);
	return r;
}

static void apply(struct ks_network *lines, size_t n, const char *root, struct buf *record)
{
	struct ks ks = { .networks = lines, .n_networks = n };
	struct door door = { .record = record };
	struct net_plan plan = { 0 };
	struct err err = { 0 };

	net_plan_make(&facts, &ks, &plan, &err);
	assert_string_equal(err.msg, "");
	net_apply_files(&plan, root, &door, &err);
	assert_string_equal(err.msg, "");
	net_plan_clear(&plan);
}

static void put(const char *root, const char *path, const char *text)
{
	auto_free char *full = path_join(root, path);

	assert_int_equal(file_write(full, text, strlen(text), 0644, NULL), 0);
}

static void is(const char *root, const char *path, const char *want)
{
	auto_free char *full = path_join(root, path);
	auto_buf b = { 0 };

	assert_int_equal(file_read(full, &b, NULL), 0);
	assert_string_equal(buf_str(&b), want);
}

static void links_to(const char *root, const char *path, const char *want)
{
	auto_free char *full = path_join(root, path);
	char target[256] = "";

	assert_true(readlink(full, target, sizeof(target) - 1) > 0);
	assert_string_equal(target, want);
}

static void absent(const char *root, const char *path)
{
	auto_free char *full = path_join(root, path);

	assert_int_not_equal(access(full, F_OK), 0);
}

static void static_bridges(void **state)
{
	const char *root = *state;

	apply(fixed, 2, root, NULL);
	is(root, "etc/systemd/network/05-xen-vif.network", "[Match]\nName=vif*\n\n[Link]\nUnmanaged=yes\n");
	is(root, "etc/systemd/network/10-ens16.link",
	   "[Match]\nMACAddress=52:54:00:12:34:10\nType=ether\n\n[Link]\nName=ens16\n");
	is(root, "etc/systemd/network/10-ens17.link",
	   "[Match]\nMACAddress=52:54:00:12:34:11\nType=ether\n\n[Link]\nName=ens17\n");
	is(root, "etc/systemd/network/20-xenbr0.netdev",
	   "[NetDev]\nName=xenbr0\nKind=bridge\nMACAddress=52:54:00:12:34:10\n\n"
	   "[Bridge]\nSTP=no\nForwardDelaySec=0\nMulticastSnooping=no\n");
	is(root, "etc/systemd/network/20-xenbr1.netdev",
	   "[NetDev]\nName=xenbr1\nKind=bridge\nMACAddress=52:54:00:12:34:11\nMTUBytes=9000\n\n"
	   "[Bridge]\nSTP=no\nForwardDelaySec=0\nMulticastSnooping=no\n");
	is(root, "etc/systemd/network/30-ens16.network",
	   "[Match]\nName=ens16\n\n[Link]\nRequiredForOnline=no\n\n"
	   "[Network]\nBridge=xenbr0\nLinkLocalAddressing=no\nIPv6AcceptRA=no\n");
	is(root, "etc/systemd/network/30-ens17.network",
	   "[Match]\nName=ens17\n\n[Link]\nMTUBytes=9000\nRequiredForOnline=no\n\n"
	   "[Network]\nBridge=xenbr1\nLinkLocalAddressing=no\nIPv6AcceptRA=no\n");
	is(root, "etc/systemd/network/30-xenbr0.network",
	   "[Match]\nName=xenbr0\n\n[Link]\nRequiredForOnline=yes\n\n"
	   "[Network]\nAddress=192.0.2.11/24\nGateway=192.0.2.1\nLinkLocalAddressing=no\nIPv6AcceptRA=no\n"
	   "DNS=192.0.2.53\nDNS=192.0.2.54\nDomains=example.org\nConfigureWithoutCarrier=yes\n");
	is(root, "etc/systemd/network/30-xenbr1.network",
	   "[Match]\nName=xenbr1\n\n[Link]\nMTUBytes=9000\nRequiredForOnline=no\n\n"
	   "[Network]\nLinkLocalAddressing=no\nIPv6AcceptRA=no\nConfigureWithoutCarrier=yes\n");
	is(root, "etc/hostname", "xen11\n");
	is(root, "etc/hosts",
	   "127.0.0.1\tlocalhost\n192.0.2.11\txen11.example.org xen11\n\n"
	   "::1\tlocalhost ip6-localhost ip6-loopback\nff02::1\tip6-allnodes\nff02::2\tip6-allrouters\n");
	is(root, "etc/resolv.conf", "nameserver 192.0.2.53\nnameserver 192.0.2.54\nsearch example.org\n");
	is(root, "etc/sysctl.d/60-xen-bridges.conf",
	   "# Frames between guests are not for the host's firewall, and bridges without an address have no "
	   "IPv6.\n"
	   "-net.bridge.bridge-nf-call-arptables = 0\n-net.bridge.bridge-nf-call-ip6tables = 0\n"
	   "-net.bridge.bridge-nf-call-iptables = 0\n-net.ipv6.conf.xenbr0.disable_ipv6 = 1\n"
	   "-net.ipv6.conf.xenbr1.disable_ipv6 = 1\n");
	is(root, "etc/xen/xl.conf", "vif.default.bridge=\"xenbr1\"\n");
}

static void dhcp_bridge(void **state)
{
	const char *root = *state;

	apply(dhcp, 2, root, NULL);
	is(root, "etc/systemd/network/30-xenbr0.network",
	   "[Match]\nName=xenbr0\n\n[Link]\nRequiredForOnline=yes\n\n"
	   "[Network]\nDHCP=ipv4\nLinkLocalAddressing=ipv6\nIPv6AcceptRA=yes\nConfigureWithoutCarrier=yes\n"
	   "KeepConfiguration=dhcp-on-stop\n\n[DHCPv4]\nClientIdentifier=mac\nUseDomains=yes\n");
	is(root, "etc/systemd/network/20-xenbr1.netdev",
	   "[NetDev]\nName=xenbr1\nKind=bridge\n\n[Bridge]\nSTP=no\nForwardDelaySec=0\nMulticastSnooping="
	   "no\n");
	is(root, "etc/systemd/network/30-xenbr1.network",
	   "[Match]\nName=xenbr1\n\n[Link]\nActivationPolicy=manual\nRequiredForOnline=no\n\n"
	   "[Network]\nLinkLocalAddressing=no\nIPv6AcceptRA=no\nConfigureWithoutCarrier=yes\n");
	links_to(root, "etc/resolv.conf", "../run/systemd/resolve/stub-resolv.conf");
	absent(root, "etc/hostname");
	absent(root, "etc/systemd/network/10-ens17.link");
}

static void ipv6_kinds(void **state)
{
	struct ks_network lines[] = {
		{ .vlanid = -1,
		  .device = "xenbr0",
		  .bridgeslaves = { slave16, 1 },
		  .ipv6 = "2001:db8::11/64",
		  .ipv6gateway = "fe80::1",
		  .nameserver = { servers, 2 } },
		{ .vlanid = -1,
		  .device = "xenbr2",
		  .bridgeslaves = { slave17, 1 },
		  .bootproto = "none",
		  .ipv6 = "dhcp",
		  .nodefroute = true },
	};
	const char *root = *state;

	apply(lines, 2, root, NULL);
	is(root, "etc/systemd/network/30-xenbr0.network",
	   "[Match]\nName=xenbr0\n\n[Link]\nRequiredForOnline=yes\n\n"
	   "[Network]\nDHCP=ipv4\nLinkLocalAddressing=ipv6\nIPv6AcceptRA=no\nAddress=2001:db8::11/64\n"
	   "Gateway=fe80::1\nDNS=192.0.2.53\nDNS=192.0.2.54\nConfigureWithoutCarrier=yes\n"
	   "KeepConfiguration=dhcp-on-stop\n\n[DHCPv4]\nClientIdentifier=mac\nUseDomains=no\nUseDNS=no\n");
	is(root, "etc/systemd/network/30-xenbr2.network",
	   "[Match]\nName=xenbr2\n\n[Link]\nRequiredForOnline=yes\n\n"
	   "[Network]\nDHCP=ipv6\nLinkLocalAddressing=ipv6\nIPv6AcceptRA=yes\nConfigureWithoutCarrier=yes\n"
	   "KeepConfiguration=dhcp-on-stop\n\n[DHCPv6]\nWithoutRA=solicit\n\n[IPv6AcceptRA]\nUseGateway="
	   "no\n");
}

/* The packaged xl.conf keeps its other lines; networking.service is masked where ifupdown is. Twice is as
 * once. */
static void what_is_there_is_kept(void **state)
{
	const char *root = *state;

	put(root, "etc/xen/xl.conf",
	    "## Global XL config file ##\n#autoballoon=\"auto\"\n#vif.default.bridge=\"xenbr0\"\n"
	    "# vif.default.bridge names a bridge\nvif.default.script=\"vif-bridge\"");
	put(root, "usr/lib/systemd/system/networking.service", "[Unit]\n");
	put(root, "etc/resolv.conf", "nameserver 10.0.2.3\n");
	for (int i = 0; i < 2; i++) {
		apply(fixed, 2, root, NULL);
		is(root, "etc/xen/xl.conf",
		   "## Global XL config file ##\n#autoballoon=\"auto\"\nvif.default.bridge=\"xenbr1\"\n"
		   "# vif.default.bridge names a bridge\nvif.default.script=\"vif-bridge\"");
		links_to(root, "etc/systemd/system/networking.service", "/dev/null");
		is(root, "etc/resolv.conf",
		   "nameserver 192.0.2.53\nnameserver 192.0.2.54\nsearch example.org\n");
	}
	apply(dhcp, 2, root, NULL);
	links_to(root, "etc/resolv.conf", "../run/systemd/resolve/stub-resolv.conf");
}

static void networkd_is_enabled(void **state)
{
	static const char *const links[][2] = {
		{ "multi-user.target.wants/systemd-networkd.service", "systemd-networkd.service" },
		{ "dbus-org.freedesktop.network1.service", "systemd-networkd.service" },
		{ "sockets.target.wants/systemd-networkd.socket", "systemd-networkd.socket" },
		{ "sysinit.target.wants/systemd-network-generator.service",
		  "systemd-network-generator.service" },
		{ "network-online.target.wants/systemd-networkd-wait-online.service",
		  "systemd-networkd-wait-online.service" },
	};
	const char *root = *state;

	apply(fixed, 2, root, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(links); i++) {
		auto_free char *path = path_join("etc/systemd/system", links[i][0]);
		auto_free char *unit = path_join("/usr/lib/systemd/system", links[i][1]);

		links_to(root, path, unit);
	}
	absent(root, "etc/systemd/system/networking.service");
}

static void recording_door_writes_nothing(void **state)
{
	const char *root = *state;
	auto_buf record = { 0 };

	apply(fixed, 2, root, &record);
	assert_non_null(
		strstr(buf_str(&record), "/etc/systemd/network/20-xenbr0.netdev (118 bytes, 0644)\n"));
	absent(root, "etc");
}

static void packages(void **state)
{
	struct ks ks = { .networks = dhcp, .n_networks = 2 };
	struct net_plan plan = { 0 };
	auto_argv want = { 0 };
	auto_argv less = { 0 };

	(void)state;
	assert_int_equal(net_plan_make(&facts, &ks, &plan, NULL), 0);
	net_packages(&plan, &want);
	net_plan_clear(&plan);
	assert_true(argv_has(&want, "systemd-resolved"));
	ks.networks = fixed;
	assert_int_equal(net_plan_make(&facts, &ks, &plan, NULL), 0);
	net_packages(&plan, &less);
	net_plan_clear(&plan);
	assert_false(argv_has(&less, "systemd-resolved"));
	assert_true(argv_has(&less, "iproute2"));
}

#define IN_ROOT(test) cmocka_unit_test_setup_teardown(test, make_root, remove_root)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_ROOT(static_bridges),      IN_ROOT(dhcp_bridge),
		IN_ROOT(ipv6_kinds),          IN_ROOT(what_is_there_is_kept),
		IN_ROOT(networkd_is_enabled), IN_ROOT(recording_door_writes_nothing),
		cmocka_unit_test(packages),
	};

	return cmocka_run_group_tests_name("net_files", tests, NULL, NULL);
}
