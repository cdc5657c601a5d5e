/* Network plans from NICs and network lines that are built here, compared word for word. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/util.h"
#include "netbridge/netbridge.h"

static struct nic_facts nics[] = {
	{ .name = "ens16",
	  .mac = "52:54:00:12:34:10",
	  .driver = "virtio_net",
	  .pci = "0000:00:10.0",
	  .carrier = true },
	{ .name = "ens17", .mac = "52:54:00:12:34:11", .driver = "virtio_net", .pci = "0000:00:11.0" },
	{ .name = "eth2", .mac = "00:02:c9:aa:bb:cc", .driver = "mlx5_core", .pci = "0000:3b:00.0" },
	{ .name = "eth3", .mac = "00:02:c9:aa:bb:cd", .driver = "mlx5_core", .pci = "0000:3b:00.1" },
	{ .name = "eth4", .mac = "0c:c4:7a:00:00:01", .driver = "cdc_ether" },
};
static const struct facts facts = { .nics = nics,
				    .n_nics = ARRAY_SIZE(nics),
				    .cmdline = "quiet BOOTIF=01-52-54-00-12-34-11 ip=dhcp" };

static const char *words_dns[] = { "192.0.2.53", "2001:db8::53", NULL };
static const char *words_search[] = { "example.org", NULL };

#define AT(n)   .at = { .file = "host.ks", .line = (n) }
#define LINE(n) AT(n), .mtu = -1, .vlanid = -1
#define SLAVES(...)                                                   \
	.bridgeslaves = { .v = (const char *[]){ __VA_ARGS__, NULL }, \
			  .n = ARRAY_SIZE(((const char *[]){ __VA_ARGS__ })) }

static struct ks ks_of(struct ks_network *lines, size_t n)
{
	return (struct ks){ .networks = lines, .n_networks = n };
}

static void plan_is(const struct facts *f, struct ks_network *lines, size_t n, const char *want)
{
	struct ks ks = ks_of(lines, n);
	struct net_plan plan = { 0 };
	struct err err = { 0 };
	auto_buf b = { 0 };
	int r = net_plan_make(f, &ks, &plan, &err);

	assert_string_equal(err.msg, "");
	assert_int_equal(r, 0);
	net_plan_print(&plan, &b);
	assert_string_equal(buf_str(&b), want);
	net_plan_clear(&plan);
}

static void plan_fails(const struct facts *f, struct ks_network *lines, size_t n, enum err_code code,
		       const char *want)
{
	struct ks ks = ks_of(lines, n);
	struct net_plan plan = { .n_ifs = 77 };
	struct err err = { 0 };

	assert_int_equal(net_plan_make(f, &ks, &plan, &err), -(int)code);
	assert_string_equal(err.msg, want);
	assert_int_equal(plan.n_ifs, 77);
}

#define PLAN_IS(lines, want)          plan_is(&facts, lines, ARRAY_SIZE(lines), want)
#define PLAN_FAILS(lines, code, want) plan_fails(&facts, lines, ARRAY_SIZE(lines), code, want)

static void two_bridges_static(void **state)
{
	struct ks_network lines[] = {
		{ LINE(8), .device = "xenbr1", SLAVES("00:10.0"), .bootproto = "none", .onboot = "yes" },
		{ AT(9), .vlanid = -1, .device = "xenbr0", SLAVES("52:54:00:12:34:11"), .bootproto = "static",
		  .ip = "192.0.2.11", .netmask = "255.255.255.0", .gateway = "192.0.2.1",
		  .hostname = "xen11.example.org", .nameserver = { words_dns, 2 },
		  .ipv4_dns_search = { words_search, 1 }, .noipv6 = true, .mtu = 9000 },
	};

	(void)state;
	PLAN_IS(lines, "network: name the host xen11.example.org\n"
		       "network: name NIC 52:54:00:12:34:11 (virtio_net, 0000:00:11.0) ens17, MTU 9000\n"
		       "network: make bridge xenbr0 over ens17, MAC 52:54:00:12:34:11, STP off, MTU 9000\n"
		       "network: give xenbr0 192.0.2.11/24, gateway 192.0.2.1, no IPv6\n"
		       "network: name NIC 52:54:00:12:34:10 (virtio_net, 0000:00:10.0) ens16\n"
		       "network: make bridge xenbr1 over ens16, MAC 52:54:00:12:34:10, STP off\n"
		       "network: give xenbr1 no address\n"
		       "network: ask name servers 192.0.2.53 2001:db8::53\n"
		       "network: search domains example.org\n"
		       "network: put guests on xenbr1 by default (/etc/xen/xl.conf)\n"
		       "network: install through NIC 52:54:00:12:34:11, 192.0.2.11/24, gateway 192.0.2.1, no "
		       "IPv6\n");
}

static void dhcp_and_internal_bridge(void **state)
{
	struct ks_network lines[] = {
		{ LINE(1), .device = "xenbr0", SLAVES("ens16") },
		{ LINE(2), .device = "xenbr1", .bootproto = "none" },
	};

	(void)state;
	PLAN_IS(lines, "network: name NIC 52:54:00:12:34:10 (virtio_net, 0000:00:10.0) ens16\n"
		       "network: make bridge xenbr0 over ens16, MAC 52:54:00:12:34:10, STP off\n"
		       "network: give xenbr0 DHCP, IPv6 auto\n"
		       "network: make bridge xenbr1 without ports, STP off\n"
		       "network: give xenbr1 no address\n"
		       "network: take name servers from DHCP (systemd-resolved)\n"
		       "network: put guests on xenbr1 by default (/etc/xen/xl.conf)\n"
		       "network: install through NIC 52:54:00:12:34:10, DHCP, IPv6 auto\n");
}

/* RHEL's way: plain NICs become ports; racing kernel names give way to names by PCI path or MAC. */
static void plain_nics(void **state)
{
	struct ks_network lines[] = {
		{ LINE(1), .hostname = "xen7" },
		{ LINE(2), .device = "eth4", .bootproto = "none", .onboot = "off" },
		{ LINE(3), .device = "enp59s0f1", .bootproto = "static", .ip = "198.51.100.6",
		  .netmask = "30", .ipv6 = "2001:db8:1::7", .ipv6gateway = "fe80::1" },
	};

	(void)state;
	PLAN_IS(lines, "network: name the host xen7\n"
		       "network: name NIC 00:02:c9:aa:bb:cd (mlx5_core, 0000:3b:00.1) enp59s0f1\n"
		       "network: make bridge xenbr0 over enp59s0f1, MAC 00:02:c9:aa:bb:cd, STP off\n"
		       "network: give xenbr0 198.51.100.6/30, IPv6 2001:db8:1::7/64, gateway fe80::1\n"
		       "network: name NIC 0c:c4:7a:00:00:01 (cdc_ether) enx0cc47a000001\n"
		       "network: make bridge xenbr1 over enx0cc47a000001, MAC 0c:c4:7a:00:00:01, STP off, "
		       "not at boot\n"
		       "network: give xenbr1 no address\n"
		       "network: put guests on xenbr1 by default (/etc/xen/xl.conf)\n"
		       "network: install through NIC 00:02:c9:aa:bb:cd, 198.51.100.6/30, IPv6 "
		       "2001:db8:1::7/64, gateway "
		       "fe80::1\n");
}

static void one_nic_serves_all(void **state)
{
	struct ks_network lines[] = { { LINE(4), .device = "bootif", .bootproto = "dhcp", .ipv6 = "dhcp" } };

	(void)state;
	PLAN_IS(lines, "network: name NIC 52:54:00:12:34:11 (virtio_net, 0000:00:11.0) ens17\n"
		       "network: make bridge xenbr0 over ens17, MAC 52:54:00:12:34:11, STP off\n"
		       "network: give xenbr0 DHCP, IPv6 dhcp\n"
		       "network: take name servers from DHCP (systemd-resolved)\n"
		       "network: put guests on xenbr0 by default (/etc/xen/xl.conf)\n"
		       "network: install through NIC 52:54:00:12:34:11, DHCP, IPv6 dhcp\n");
}

static void link_and_no_line(void **state)
{
	struct ks_network lines[] = { { LINE(4), .device = "link", .noipv6 = true } };
	struct facts none = { 0 };

	(void)state;
	PLAN_IS(lines, "network: name NIC 52:54:00:12:34:10 (virtio_net, 0000:00:10.0) ens16\n"
		       "network: make bridge xenbr0 over ens16, MAC 52:54:00:12:34:10, STP off\n"
		       "network: give xenbr0 DHCP, no IPv6\n"
		       "network: take name servers from DHCP (systemd-resolved)\n"
		       "network: put guests on xenbr0 by default (/etc/xen/xl.conf)\n"
		       "network: install through NIC 52:54:00:12:34:10, DHCP, no IPv6\n");
	plan_is(&facts, NULL, 0,
		"network: name NIC 52:54:00:12:34:11 (virtio_net, 0000:00:11.0) ens17\n"
		"network: make bridge xenbr0 over ens17, MAC 52:54:00:12:34:11, STP off\n"
		"network: give xenbr0 DHCP, IPv6 auto\n"
		"network: take name servers from DHCP (systemd-resolved)\n"
		"network: put guests on xenbr0 by default (/etc/xen/xl.conf)\n"
		"network: install through NIC 52:54:00:12:34:11, DHCP, IPv6 auto\n");
	plan_is(&none, NULL, 0, "");
}

static void ipv6_alone(void **state)
{
	struct ks_network lines[] = { { LINE(1), .device = "ens16", .bootproto = "static",
					.ipv6 = "2001:db8::1/56" } };

	(void)state;
	PLAN_IS(lines,
		"network: name NIC 52:54:00:12:34:10 (virtio_net, 0000:00:10.0) ens16\n"
		"network: make bridge xenbr0 over ens16, MAC 52:54:00:12:34:10, STP off\n"
		"network: give xenbr0 no IPv4 address, IPv6 2001:db8::1/56\n"
		"network: put guests on xenbr0 by default (/etc/xen/xl.conf)\n"
		"network: install through NIC 52:54:00:12:34:10, no IPv4 address, IPv6 2001:db8::1/56\n");
}

static void storage_bridge_may_have_an_address(void **state)
{
	struct ks_network lines[] = {
		{ LINE(1), .device = "xenbr0", SLAVES("ens16"), .noipv6 = true },
		{ LINE(2), .device = "xenbr2", SLAVES("eth2"), .bootproto = "static", .ip = "10.1.0.1",
		  .netmask = "255.255.0.0", .gateway = "10.1.9.9", .nodefroute = true, .noipv6 = true },
		{ LINE(3), .device = "eth2", .bootproto = "none" },
	};

	(void)state;
	PLAN_IS(lines, "network: name NIC 52:54:00:12:34:10 (virtio_net, 0000:00:10.0) ens16\n"
		       "network: make bridge xenbr0 over ens16, MAC 52:54:00:12:34:10, STP off\n"
		       "network: give xenbr0 DHCP, no IPv6\n"
		       "network: name NIC 00:02:c9:aa:bb:cc (mlx5_core, 0000:3b:00.0) enp59s0f0\n"
		       "network: make bridge xenbr2 over enp59s0f0, MAC 00:02:c9:aa:bb:cc, STP off\n"
		       "network: give xenbr2 10.1.0.1/16, no default route, no IPv6\n"
		       "network: take name servers from DHCP (systemd-resolved)\n"
		       "network: put guests on xenbr0 by default (/etc/xen/xl.conf)\n"
		       "network: install through NIC 52:54:00:12:34:10, DHCP, no IPv6\n");
}

#define NICS                                                                       \
	"\nNICs of this machine:"                                                  \
	"\n  ens16 52:54:00:12:34:10 driver virtio_net, PCI 0000:00:10.0, link"    \
	"\n  ens17 52:54:00:12:34:11 driver virtio_net, PCI 0000:00:11.0, no link" \
	"\n  eth2 00:02:c9:aa:bb:cc driver mlx5_core, PCI 0000:3b:00.0, no link"   \
	"\n  eth3 00:02:c9:aa:bb:cd driver mlx5_core, PCI 0000:3b:00.1, no link"   \
	"\n  eth4 0c:c4:7a:00:00:01 driver cdc_ether, no link"

static void unknown_nic_lists_those_there(void **state)
{
	struct ks_network lines[] = { { LINE(3), .device = "xenbr0", SLAVES("ens9") } };
	struct facts none = { 0 };

	(void)state;
	PLAN_FAILS(lines, ERR_MACHINE, "host.ks:3: ens9: this machine has no such NIC" NICS);
	plan_fails(&none, lines, 1, ERR_MACHINE,
		   "host.ks:3: ens9: this machine has no such NIC\n"
		   "This machine has no NIC that Linux knows a driver for.");
}

static void all_errors_in_one_pass(void **state)
{
	struct ks_network lines[] = {
		{ LINE(3), .device = "xenbr0", SLAVES("ens9"), .bootproto = "static", .ip = "192.0.2.300",
		  .hostname = "-xen" },
		{ LINE(4), .device = "xenbr1", SLAVES("ens17"), .bootproto = "static", .ip = "192.0.2.255",
		  .netmask = "255.255.255.0", .gateway = "192.0.3.1" },
		{ LINE(5), .device = "xenbr0", SLAVES("ens17"), .bootproto = "none",
		  .bridgeopts = "stp=yes,priority=1" },
		{ AT(6), .vlanid = -1, .device = "xenbridgenumber0", SLAVES("ens16"), .bootproto = "none",
		  .mtu = 9 },
	};

	(void)state;
	PLAN_FAILS(
		lines, ERR_INPUT,
		"host.ks:3: 192.0.2.300: --ip is not an IPv4 address\n"
		"host.ks:3: ens9: this machine has no such NIC, and no line describes a device of that name\n"
		"host.ks:3: -xen: a host name has letters, digits and '-', in labels of at most 63, 64 in "
		"all\n"
		"host.ks:4: 192.0.2.255: this is the broadcast address of its network (/24), not a host's\n"
		"host.ks:4: 192.0.3.1: the gateway is outside the network 192.0.2.255/24\n"
		"host.ks:4: xenbr1: the guests' bridge has no address of the host: write --bootproto=none, "
		"and nothing "
		"of --ip and --ipv6\n"
		"host.ks:5: xenbr0: this bridge is described already on line 3\n"
		"host.ks:5: stp=yes: STP stays off: each new vif of a guest would be blocked for 30 s, and a "
		"guarded "
		"switch port shut\n"
		"host.ks:5: priority=1: has no effect: STP is off\n"
		"host.ks:5: ens17: NIC ens17 (52:54:00:12:34:11) is under xenbr1 already, by line 4\n"
		"host.ks:6: xenbridgenumber0: a bridge's name has 1 to 15 letters, digits, '-', '_' or '.'\n"
		"host.ks:6: --mtu=9: an MTU is 68 to 65535" NICS);
}

static void one_line_errors(void **state)
{
	static const struct {
		struct ks_network line;
		const char *want;
	} cases[] = {
		{ { LINE(1), .device = "ens16", .bootproto = "static" },
		  "host.ks:1: --bootproto=static: wants --ip and --netmask beside it (no address at all: "
		  "--bootproto=none)" },
		{ { LINE(1), .device = "ens16", .ip = "192.0.2.1" },
		  "host.ks:1: 192.0.2.1: DHCP brings the address; for a fixed one write --bootproto=static" },
		{ { LINE(1), .device = "ens16", .bootproto = "static", .ip = "192.0.2.1" },
		  "host.ks:1: 192.0.2.1: --ip wants a --netmask beside it" },
		{ { LINE(1), .device = "ens16", .bootproto = "static", .ip = "192.0.2.1",
		    .netmask = "255.0.255.0" },
		  "host.ks:1: 255.0.255.0: --netmask is not a netmask" },
		{ { LINE(1), .device = "ens16", .bootproto = "static", .ip = "224.0.0.1", .netmask = "24" },
		  "host.ks:1: 224.0.0.1: a host can't have this address" },
		{ { LINE(1), .device = "ens16", .bootproto = "static", .ip = "192.0.2.0", .netmask = "24" },
		  "host.ks:1: 192.0.2.0: this is the network address of its network (/24), not a host's" },
		{ { LINE(1), .device = "ens16", .bootproto = "static", .ip = "192.0.2.9", .netmask = "24",
		    .gateway = "192.0.2.9" },
		  "host.ks:1: 192.0.2.9: the gateway is the host's own address" },
		{ { LINE(1), .device = "ens16", .ipv6 = "2001:db8::g" },
		  "host.ks:1: 2001:db8::g: --ipv6 is auto, dhcp or ADDRESS/LENGTH" },
		{ { LINE(1), .device = "ens16", .ipv6 = "2001:db8::1/129" },
		  "host.ks:1: 2001:db8::1/129: --ipv6 is auto, dhcp or ADDRESS/LENGTH" },
		{ { LINE(1), .device = "ens16", .ipv6 = "auto", .noipv6 = true },
		  "host.ks:1: auto: --noipv6 and --ipv6 exclude each other" },
		{ { LINE(1), .device = "ens16", .bootproto = "ibft" },
		  "host.ks:1: ibft: --bootproto is dhcp, static or none here" },
		{ { LINE(1), .device = "ens16", .nameserver = { words_search, 1 } },
		  "host.ks:1: example.org: a name server is given by its address" },
		{ { LINE(1), .bridgeslaves = { words_search, 1 } },
		  "host.ks:1: --bridgeslaves: wants --device=NAME beside it, the bridge's name" },
		{ { AT(1), .vlanid = -1, .device = "ens16", .mtu = 576 },
		  "host.ks:1: --mtu=576: an MTU is 1280 to 65535 where there is IPv6" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct ks_network line = cases[i].line;

		plan_fails(&facts, &line, 1, ERR_INPUT, cases[i].want);
	}
}

static void lines_that_contradict(void **state)
{
	struct ks_network port[] = {
		{ LINE(1), .device = "xenbr0", SLAVES("ens16"), .noipv6 = true },
		{ LINE(2), .device = "52:54:00:12:34:10", .bootproto = "dhcp" },
	};
	struct ks_network twice[] = {
		{ LINE(1), .device = "xenbr0", SLAVES("ens16"), .hostname = "a" },
		{ LINE(2), .device = "xenbr2", SLAVES("ens17"), .hostname = "b" },
	};

	(void)state;
	PLAN_FAILS(port, ERR_INPUT,
		   "host.ks:2: 52:54:00:12:34:10: a port of xenbr0 has no address of its own: say it on line "
		   "1, and --bootproto=none here");
	PLAN_FAILS(twice, ERR_INPUT,
		   "host.ks:2: b: the host is named a already, on line 1\n"
		   "host.ks:2: xenbr2: a second default gateway beside that of xenbr0: add --nodefroute");
}

static void json_says_the_same(void **state)
{
	struct ks_network lines[] = {
		{ LINE(9), .device = "xenbr0", SLAVES("ens16"), .bootproto = "static", .ip = "192.0.2.11",
		  .netmask = "255.255.255.0", .gateway = "192.0.2.1", .noipv6 = true, .hostname = "xen11" },
	};
	struct ks ks = ks_of(lines, 1);
	struct net_plan plan = { 0 };
	struct err err = { 0 };
	auto_buf b = { 0 };
	auto_json *j = NULL;

	(void)state;
	assert_int_equal(net_plan_make(&facts, &ks, &plan, &err), 0);
	j = net_plan_json(&plan);
	json_line(j, &b);
	assert_string_equal(
		buf_str(&b),
		"{\"hostname\":\"xen11\",\"devices\":[{\"name\":\"ens16\",\"kind\":\"NIC\",\"over\":[],"
		"\"mac\":"
		"\"52:54:00:12:34:10\",\"driver\":\"virtio_net\",\"pci\":\"0000:00:10.0\",\"mtu\":0,"
		"\"onboot\":true,"
		"\"options\":{},\"address\":{\"proto\":\"none\",\"ip\":null,\"prefix_len\":0,\"gateway\":"
		"null,"
		"\"nameservers\":[],\"search\":[],\"ipv6\":null,\"ipv6gateway\":null,\"default_route\":true,"
		"\"more\":[],"
		"\"routes\":[]}},{\"name\":\"xenbr0\",\"kind\":\"bridge\",\"over\":[\"ens16\"],\"mac\":"
		"\"52:54:00:12:34:10\",\"mtu\":0,\"onboot\":true,\"options\":{},\"address\":{\"proto\":"
		"\"static\",\"ip\":"
		"\"192.0.2.11\",\"prefix_len\":24,\"gateway\":\"192.0.2.1\",\"nameservers\":[],\"search\":[],"
		"\"ipv6\":null,"
		"\"ipv6gateway\":null,\"default_route\":true,\"more\":[],\"routes\":[]}}],\"guest_bridge\":"
		"\"xenbr0\","
		"\"manage\":\"xenbr0\",\"files\":\"networkd\"}");
	net_plan_clear(&plan);
}

static void host_names(void **state)
{
	(void)state;
	assert_true(net_hostname_ok("xen11"));
	assert_true(net_hostname_ok("XEN-11.example.org"));
	assert_true(net_hostname_ok("1"));
	assert_false(net_hostname_ok(""));
	assert_false(net_hostname_ok("xen_11"));
	assert_false(net_hostname_ok("xen11."));
	assert_false(net_hostname_ok("-x"));
	assert_false(net_hostname_ok("x-.example.org"));
	assert_false(net_hostname_ok("a..b"));
	assert_false(net_hostname_ok("x11\nroot"));
	assert_false(net_hostname_ok("a123456789b123456789c123456789d123456789e123456789f123456789.abcde"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_bridges_static),
		cmocka_unit_test(dhcp_and_internal_bridge),
		cmocka_unit_test(plain_nics),
		cmocka_unit_test(one_nic_serves_all),
		cmocka_unit_test(link_and_no_line),
		cmocka_unit_test(ipv6_alone),
		cmocka_unit_test(storage_bridge_may_have_an_address),
		cmocka_unit_test(unknown_nic_lists_those_there),
		cmocka_unit_test(all_errors_in_one_pass),
		cmocka_unit_test(one_line_errors),
		cmocka_unit_test(lines_that_contradict),
		cmocka_unit_test(json_says_the_same),
		cmocka_unit_test(host_names),
	};

	return cmocka_run_group_tests_name("net_plan", tests, NULL, NULL);
}
