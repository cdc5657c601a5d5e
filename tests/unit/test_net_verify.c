/* What verify sees of networks that are right, and of some that only seem so; in a network namespace. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <cmocka.h>

#include "netbridge/change.h"
#include "netbridge/verify.h"
#include "tests/unit/netns.h"
#include "tests/unit/netplan.h"

#define LINES                                                                                           \
	"network --device=xenbr0 --bridgeslaves=eno1 --bootproto=static --ip=192.0.2.11 --netmask=24 "  \
	"--gateway=192.0.2.1 --nameserver=192.0.2.1 --ipv6=2001:db8::11/64 --ipv6gateway=2001:db8::1\n" \
	"network --device=xenbr1 --bridgeslaves=eno2 --bootproto=none\n"

static struct nic_facts nics[] = { { .name = "eno1", .mac = "52:54:00:12:34:10" },
				   { .name = "eno2", .mac = "52:54:00:12:34:11" } };
static const struct facts facts = { .nics = nics, .n_nics = ARRAY_SIZE(nics) };
static struct planned host;
static pid_t servers;

/* A name server that sends questions back, and a port that takes connections. */
static pid_t start_servers(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		auto_free char *ns = xasprintf("/proc/%s/ns/net", peer_text);
		struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(53) }, from;
		int udp, tcp;

		if (setns(open(ns, O_RDONLY), CLONE_NEWNET))
			_exit(1);
		udp = socket(AF_INET, SOCK_DGRAM, 0);
		tcp = socket(AF_INET, SOCK_STREAM, 0);
		if (bind(udp, (struct sockaddr *)&at, sizeof(at)))
			_exit(1);
		at.sin_port = htons(8000);
		if (bind(tcp, (struct sockaddr *)&at, sizeof(at)) || listen(tcp, 8))
			_exit(1);
		for (;;) {
			char data[512];
			socklen_t len = sizeof(from);
			ssize_t n = recvfrom(udp, data, sizeof(data), 0, (struct sockaddr *)&from, &len);

			if (n > 0 && sendto(udp, data, (size_t)n, 0, (struct sockaddr *)&from, len) < 0)
				_exit(1);
		}
	}
	return pid;
}

static int plug(void **state)
{
	static const char *const commands[] = {
		"ip link set lo up",
		"ip link add eno1 address 52:54:00:12:34:10 type veth peer name gw address 52:54:00:00:00:01",
		"ip link add eno2 address 52:54:00:12:34:11 type veth peer name gw2",
		"ip link set eno1 up",
		"ip link set gw2 up",
	};
	auto_free char *move = xasprintf("ip link set gw netns %s", peer_text);
	struct net_change_opts opts = { .timer_s = 600, .no_files = true };
	struct err err = { 0 };
	auto_buf done = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		sh(false, NULL, commands[i]);
	sh(false, NULL, move);
	sh(true, NULL, "ip addr add 192.0.2.1/24 dev gw");
	sh(true, NULL, "ip addr add 2001:db8::1/64 dev gw nodad");
	sh(true, NULL, "ip link set gw up");
	plan_of(&facts, LINES, &host);
	net_change_apply(&host.plan, &opts, NULL, &done, &err);
	assert_string_equal(err.msg, "");
	servers = start_servers();
	return 0;
}

static int unplug(void **state)
{
	struct err err;

	(void)state;
	stop(servers);
	net_guard_confirm(NULL, &err);
	remove_links("eno1 eno2 xenbr0 xenbr1");
	plan_clear(&host);
	return 0;
}

/* The bad findings, graver ones first told by "!". */
static void sees(const struct net_verify_opts *opts, const char *want)
{
	struct net_findings found = { 0 };
	auto_buf b = { 0 };

	net_verify(&host.plan, opts, &found);
	for (size_t i = 0; i < found.n; i++)
		if (!found.v[i].ok)
			buf_addf(&b, "%s%s %s: %s\n", found.v[i].grave ? "!" : "", found.v[i].check,
				 found.v[i].what, found.v[i].seen);
	net_findings_clear(&found);
	assert_string_equal(buf_str(&b), want);
}

static const struct net_verify_opts quick = { .wait_s = 2, .no_duplicates = true };

static void all_is_well(void **state)
{
	const struct net_verify_opts all = { .wait_s = 20, .mirror = "http://192.0.2.1:8000/debian" };
	struct net_findings found = { 0 };
	auto_buf b = { 0 };

	(void)state;
	for (int i = 0; i < 20 && !strstr(buf_str(&b), "ok    port"); i++) {
		net_findings_clear(&found);
		b.len = 0;
		net_verify(&host.plan, &all, &found);
		net_findings_print(&found, NET_FINDINGS_ALL, &b);
	}
	assert_string_equal(buf_str(&b),
			    "ok    device    eno1: up, MAC 52:54:00:12:34:10\n"
			    "ok    device    xenbr0: up, MAC 52:54:00:12:34:10\n"
			    "ok    device    eno2: up, MAC 52:54:00:12:34:11\n"
			    "ok    device    xenbr1: up, MAC 52:54:00:12:34:11\n"
			    "ok    port      eno1: forwards in xenbr0\n"
			    "ok    address   192.0.2.11/24: is on xenbr0\n"
			    "ok    address   2001:db8::11/64: is on xenbr0\n"
			    "ok    port      eno2: forwards in xenbr1\n"
			    "ok    address   xenbr1: has none, as it should\n"
			    "ok    route     default route: via 192.0.2.1 by xenbr0\n"
			    "ok    route     IPv6 default route: via 2001:db8::1 by xenbr0\n"
			    "ok    gateway   192.0.2.1: answers ARP to xenbr0 (52:54:00:12:34:10)\n"
			    "ok    gateway   2001:db8::1: answers ND on xenbr0 (52:54:00:00:00:01)\n"
			    "ok    duplicate 192.0.2.11: no other machine has it (RFC 5227)\n"
			    "ok    duplicate 2001:db8::11: no other machine has it (neighbour discovery)\n"
			    "ok    DNS       192.0.2.1: answers\n"
			    "ok    mirror    http://192.0.2.1:8000/debian: takes connections\n");
	net_findings_clear(&found);
}

/* The weak-host model answers a ping all the same. */
static void address_left_on_the_nic(void **state)
{
	(void)state;
	sh(false, NULL, "ip addr del 192.0.2.11/24 dev xenbr0");
	sh(false, NULL, "ip addr add 192.0.2.11/24 dev eno1");
	sh(false, NULL, "ip route replace default via 192.0.2.1 dev eno1");
	sees(&quick, "!address eno1: has 192.0.2.11/24 and should have none\n"
		     "!address 192.0.2.11/24: is on eno1 too\n"
		     "!address 192.0.2.11/24: is not on xenbr0\n"
		     "!route default route: goes by eno1, not by xenbr0\n"
		     "DNS 192.0.2.1: does not answer within 5 s\n");
}

static void address_on_two_devices(void **state)
{
	(void)state;
	sh(false, NULL, "ip addr add 192.0.2.11/24 dev xenbr1");
	sees(&quick, "!address 192.0.2.11/24: is on xenbr1 too\n"
		     "address xenbr1: has 192.0.2.11/24 and should have none\n");
}

static void someone_else_has_the_address(void **state)
{
	const struct net_verify_opts all = { .wait_s = 2 };

	(void)state;
	/* It takes an ARP request from its own address for nothing. */
	sh(true, NULL, "ip addr add 192.0.2.11/24 dev gw");
	sees(&all, "!gateway 192.0.2.1: gateway 192.0.2.1 does not answer on xenbr0 (52:54:00:12:34:10): no "
		   "ARP reply "
		   "in 2 s; check the address, the cable and the switch port's VLAN\n"
		   "!duplicate 192.0.2.11: another machine, 52:54:00:00:00:01, has this address\n"
		   "DNS 192.0.2.1: does not answer within 5 s\n");
}

/* Both have it without duplicate detection. */
static void someone_else_has_the_ipv6_address(void **state)
{
	const struct net_verify_opts all = { .wait_s = 20 };

	(void)state;
	sh(true, NULL, "ip addr add 2001:db8::11/64 dev gw nodad");
	for (int i = 0; i < 100; i++) { /* the bridge's link-local address is what it asks from */
		auto_buf b = { 0 };

		sh(false, &b, "ip -6 -o addr show dev xenbr0 scope link -tentative");
		if (b.len)
			break;
		usleep(200 * 1000);
	}
	sees(&all, "!duplicate 2001:db8::11: another machine, 52:54:00:00:00:01, has this address\n");
}

static void dead_gateway(void **state)
{
	(void)state;
	sh(true, NULL, "ip addr del 192.0.2.1/24 dev gw");
	sh(true, NULL, "ip addr del 2001:db8::1/64 dev gw");
	sees(&quick, "!gateway 192.0.2.1: gateway 192.0.2.1 does not answer on xenbr0 (52:54:00:12:34:10): "
		     "no ARP reply "
		     "in 2 s; check the address, the cable and the switch port's VLAN\n"
		     "!gateway 2001:db8::1: no answer to neighbour discovery on xenbr0\n"
		     "DNS 192.0.2.1: does not answer within 5 s\n");
}

static void closed_mirror(void **state)
{
	const struct net_verify_opts mirror = { .wait_s = 20,
						.no_duplicates = true,
						.mirror = "http://192.0.2.1/" };

	(void)state;
	sees(&mirror, "!mirror http://192.0.2.1/: port 80 does not take a connection: Connection refused\n");
}

static void port_out_of_its_bridge(void **state)
{
	(void)state;
	sh(false, NULL, "ip link set eno2 nomaster");
	sh(false, NULL, "ip link del xenbr1");
	sees(&quick, "device xenbr1: is not there\nport eno2: is not in xenbr1\n");
}

#define ON_WIRE(test) cmocka_unit_test_setup_teardown(test, plug, unplug)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_WIRE(all_is_well),
		ON_WIRE(address_left_on_the_nic),
		ON_WIRE(address_on_two_devices),
		ON_WIRE(someone_else_has_the_address),
		ON_WIRE(someone_else_has_the_ipv6_address),
		ON_WIRE(dead_gateway),
		ON_WIRE(closed_mirror),
		ON_WIRE(port_out_of_its_bridge),
	};
	const char *why = go_private();

	if (!why && mount("var", "/var", "tmpfs", 0, NULL))
		why = "cannot mount a tmpfs";
	if (!why && mount("sysfs", "/sys", "sysfs", MS_RDONLY, NULL))
		why = "cannot mount this namespace's /sys";
	if (why) {
		printf("1..0 # SKIP %s\n", why);
		return 0;
	}
	return cmocka_run_group_tests_name("net_verify", tests, NULL, NULL);
}
