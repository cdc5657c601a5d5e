/* The installer's network for real: a network namespace, veth pairs, a gateway and dnsmasq at their other
 * end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "netbridge/live.h"
#include "tests/unit/netns.h"

static const struct net_waits waits = { .carrier = 2, .gateway = 3, .dhcp = 6 };
static const char *servers[] = { "192.0.2.53", NULL }, *search[] = { "example.org", NULL };
static struct nic_facts nic = { .name = "ens16", .mac = "52:54:00:12:34:10" };
static struct net_plan fixed = { .install_nic = &nic,
				 .install_addr = { .proto = NET_STATIC,
						   .ip = "192.0.2.11",
						   .prefix_len = 24,
						   .gateway = "192.0.2.1",
						   .nameservers = servers,
						   .search = search } };
static struct net_plan dhcp = { .install_nic = &nic, .install_addr = { .proto = NET_DHCP } };

static int plug(void **state)
{
	auto_free char *move = xasprintf("ip link set gw netns %s", peer_text);

	(void)state;
	sh(false, NULL,
	   "ip link add ens16 address 52:54:00:12:34:10 type veth peer name gw address 52:54:00:00:00:01");
	sh(false, NULL, move);
	sh(true, NULL, "ip addr add 192.0.2.1/24 dev gw");
	sh(true, NULL, "ip link set gw up");
	return 0;
}

static int unplug(void **state)
{
	(void)state;
	sh(false, NULL, "ip link del ens16");
	unlink("/etc/resolv.conf");
	return 0;
}

static void up(const struct net_plan *plan, struct log *log)
{
	struct door door = { .log = log };
	struct err err = { 0 };

	net_live_up_within(plan, &waits, &door, &err);
	assert_string_equal(err.msg, "");
}

static void up_fails(const struct net_plan *plan, enum err_code code, const char *want)
{
	struct door door = { 0 };
	struct err err = { 0 };

	assert_int_equal(net_live_up_within(plan, &waits, &door, &err), -(int)ERR_KIND(code));
	assert_int_equal(err.id, code);
	if (strncmp(err.msg, want, strlen(want)))
		assert_string_equal(err.msg, want);
}

static void static_address(void **state)
{
	struct log *log = log_new(NULL);
	auto_buf tail = { 0 };
	auto_buf b = { 0 };

	(void)state;
	sh(false, NULL, "ip addr add 10.9.9.9/24 dev ens16");
	sh(false, NULL, "ip addr add 192.0.2.99/24 dev ens16");
	for (int i = 0; i < 2; i++) {
		up(&fixed, log);
		says("ip -4 -o addr show dev ens16", "inet 192.0.2.11/24");
		says_not("ip -4 -o addr show dev ens16", "10.9.9.9");
		says_not("ip -4 -o addr show dev ens16", "192.0.2.99");
		says("ip route show default", "default via 192.0.2.1 dev ens16");
	}
	assert_int_equal(file_read("/etc/resolv.conf", &b, NULL), 0);
	assert_string_equal(buf_str(&b), "search example.org\nnameserver 192.0.2.53\n");
	log_tail(log, 100, &tail);
	assert_non_null(strstr(buf_str(&tail), "ens16: 192.0.2.1 is at 52:54:00:00:00:01"));
	log_free(log);
}

/* What another NIC has of the same network would take the answers; its other addresses stay. */
static void other_nic_gives_way(void **state)
{
	(void)state;
	sh(false, NULL, "ip link add ens17 type veth peer name far");
	sh(false, NULL, "ip addr add 192.0.2.12/24 dev ens17");
	sh(false, NULL, "ip addr add 198.51.100.1/24 dev ens17");
	up(&fixed, NULL);
	says("ip -4 -o addr show dev ens17", "198.51.100.1");
	says_not("ip -4 -o addr show dev ens17", "192.0.2.12");
	sh(false, NULL, "ip link del ens17");
}

/* A second try of the installer finds its NIC under the first one's bridge. */
static void reset_frees_the_nic(void **state)
{
	struct door door = { 0 };
	struct err err = { 0 };

	(void)state;
	sh(false, NULL, "ip link add xenbr0 type bridge");
	sh(false, NULL, "ip link set ens16 master xenbr0");
	sh(false, NULL, "ip addr add 192.0.2.11/24 dev xenbr0");
	sh(false, NULL, "ip link set xenbr0 up");
	for (int i = 0; i < 2; i++) {
		net_live_reset(&door, &err);
		assert_string_equal(err.msg, "");
		says_not("ip -o link", "xenbr0");
		says_not("ip -o link", "master");
	}
	up(&fixed, NULL);
	says("ip route show default", "default via 192.0.2.1 dev ens16");
}

static void gateway_gone(void **state)
{
	(void)state;
	sh(true, NULL, "ip addr flush dev gw");
	up_fails(&fixed, ERR_NET_GATEWAY,
		 "gateway 192.0.2.1 does not answer on ens16 (52:54:00:12:34:10): no ARP reply in 3 s");
}

static void no_link(void **state)
{
	(void)state;
	sh(true, NULL, "ip link set gw down");
	up_fails(&fixed, ERR_NET_NO_LINK, "no link on ens16 (52:54:00:12:34:10) after 2 s");
}

static void no_such_nic(void **state)
{
	static const struct nic_facts gone = { .name = "ens99", .mac = "52:54:00:12:34:99" };
	struct net_plan plan = fixed, none = { 0 };

	(void)state;
	plan.install_nic = &gone;
	up_fails(&plan, ERR_NET_NIC_GONE, "ens99: there is no such NIC now");
	up_fails(&none, ERR_NET_LINE, "no NIC to install through");
}

static void ipv6_address(void **state)
{
	struct net_plan plan = fixed;

	(void)state;
	plan.install_addr.ipv6 = "2001:db8::11/64";
	plan.install_addr.ipv6gateway = "2001:db8::1";
	up(&plan, NULL);
	says("ip -6 -o addr show dev ens16", "inet6 2001:db8::11/64");
	says("ip -6 route show default", "default via 2001:db8::1 dev ens16");
}

static void all_links_up(void **state)
{
	struct nic_facts nics[] = { { .name = "ens16" }, { .name = "ens99" } };
	struct facts facts = { .nics = nics, .n_nics = 2 };
	struct door door = { 0 };
	struct err err = { 0 };

	(void)state;
	assert_int_equal(net_live_links_up(&facts, 1, &door, &err), 0);
	assert_string_equal(err.msg, "");
	says("ip -o link show dev ens16", "LOWER_UP");
}

static void resolv_is(const char *resolv)
{
	auto_buf b = { 0 };

	assert_int_equal(file_read("/etc/resolv.conf", &b, NULL), 0);
	assert_string_equal(buf_str(&b), resolv);
}

static void lease_is(const char *resolv)
{
	says("ip -4 -o addr show dev ens16", "inet 192.0.2.100/24");
	says("ip route show default", "default via 192.0.2.1 dev ens16");
	resolv_is(resolv);
}

static void dhcp_lease(void **state)
{
	struct net_plan own_dns = dhcp;
	struct door door = { 0 };
	struct err err = { 0 };
	pid_t server;

	(void)state;
	server = start_dnsmasq(DHCP_POOL);
	up(&dhcp, NULL);
	lease_is("search example.org\nnameserver 192.0.2.53\nnameserver 192.0.2.54\n");
	assert_int_equal(net_live_dhcp("ens16", 6, &door, &err), 0);
	own_dns.install_addr.nameservers = (const char *[]){ "203.0.113.53", NULL };
	up(&own_dns, NULL);
	lease_is("search example.org\nnameserver 203.0.113.53\n");
	stop(server);
}

/* The pool has one address. */
static void dhcp6_lease(void **state)
{
	struct net_plan alone = { .install_nic = &nic,
				  .install_addr = { .proto = NET_NONE, .ipv6 = "dhcp" } };
	struct net_plan beside = fixed;
	pid_t server;

	(void)state;
	beside.install_addr.ipv6 = "dhcp";
	sh(true, NULL, "ip addr add 2001:db8::1/64 dev gw nodad");
	server = start_dnsmasq("2001:db8::100,2001:db8::100,64,1h");
	up(&alone, NULL);
	says("ip -6 -o addr show dev ens16", "inet6 2001:db8::100/128 scope global");
	resolv_is("nameserver 2001:db8::53\n");
	up(&beside, NULL);
	says("ip -4 -o addr show dev ens16", "192.0.2.11/24");
	says("ip -6 -o addr show dev ens16", "2001:db8::100/128");
	resolv_is("search example.org\nnameserver 192.0.2.53\n");
	stop(server);
}

static void no_dhcp6_address(void **state)
{
	struct net_plan alone = { .install_nic = &nic,
				  .install_addr = { .proto = NET_NONE, .ipv6 = "dhcp" } };
	pid_t server;

	(void)state;
	up_fails(&alone, ERR_NET_NO_DHCP, "ens16 (52:54:00:12:34:10): no address by DHCPv6 within 6 s");
	sh(true, NULL, "ip addr add 2001:db8::1/64 dev gw nodad");
	server = start_dnsmasq(RA_PREFIX); /* it has no addresses to give */
	up_fails(&alone, ERR_NET_NO_DHCP, "ens16 (52:54:00:12:34:10): no address by DHCPv6 within 6 s");
	stop(server);
}

static void no_dhcp_server(void **state)
{
	(void)state;
	up_fails(&dhcp, ERR_NET_NO_DHCP, "ens16 (52:54:00:12:34:10): no DHCP lease within 6 s: ");
	assert_false(file_exists("/etc/resolv.conf"));
}

static void recording_door(void **state)
{
	auto_buf record = { 0 };
	struct door door = { .record = &record };
	struct err err = { 0 };

	(void)state;
	assert_int_equal(net_live_up(&fixed, &door, &err), 0);
	assert_string_equal(buf_str(&record),
			    "ens16: up, and wait for its link\n"
			    "ens16: address 192.0.2.11/24\n"
			    "ens16: gateway 192.0.2.1 answers\n"
			    "write /etc/resolv.conf (41 bytes, 0644)\n"
			    "write /run/systemd/resolve/stub-resolv.conf (41 bytes, 0644)\n");
	says_not("ip -4 -o addr show dev ens16", "192.0.2.11");
}

#define ON_WIRE(test) cmocka_unit_test_setup_teardown(test, plug, unplug)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_WIRE(static_address),   ON_WIRE(other_nic_gives_way), ON_WIRE(gateway_gone),
		ON_WIRE(no_link),          ON_WIRE(no_such_nic),         ON_WIRE(ipv6_address),
		ON_WIRE(all_links_up),     ON_WIRE(dhcp_lease),          ON_WIRE(no_dhcp_server),
		ON_WIRE(recording_door),   ON_WIRE(reset_frees_the_nic), ON_WIRE(dhcp6_lease),
		ON_WIRE(no_dhcp6_address),
	};
	const char *why = go_private();

	if (why) {
		printf("1..0 # SKIP %s\n", why);
		return 0;
	}
	return cmocka_run_group_tests_name("net_live", tests, NULL, NULL);
}
