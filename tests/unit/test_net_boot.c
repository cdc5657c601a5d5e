/* The first boot's look at the network, between veth pairs: proven, moved to where the gateway is, or left
 * alone. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <cmocka.h>

#include "netbridge/boot.h"
#include "netbridge/change.h"
#include "netbridge/fallback.h"
#include "tests/unit/netns.h"
#include "tests/unit/netplan.h"

#define MANAGE                                                                                         \
	"network --device=xenbr0 --bridgeslaves=eno1 --bootproto=static --ip=192.0.2.11 --netmask=24 " \
	"--gateway=192.0.2.1 --noipv6\n"
#define MANAGE6                                                                        \
	"network --device=xenbr0 --bridgeslaves=eno1 --noipv4 --ipv6=2001:db8::11/64 " \
	"--ipv6gateway=2001:db8::1\n"
#define GUESTS "network --device=xenbr1 --bridgeslaves=eno2 --bootproto=none\n"
/* Linux answers ARP for any of its addresses on any device: those where the gateway isn't are without ARP. */
#define GATEWAY(far) \
	(sh(true, NULL, "ip addr add 192.0.2.1/24 dev " far), sh(true, NULL, "ip link set " far " arp on"))
/* Without ARP a device is in no group of solicited nodes. */
#define GATEWAY6(far)                                  \
	(sh(true, NULL, "ip link set " far " arp on"), \
	 sh(true, NULL, "ip addr add 2001:db8::1/64 dev " far " nodad"))

static struct nic_facts nics[] = { { .name = "eno1", .mac = "52:54:00:12:34:10" },
				   { .name = "eno2", .mac = "52:54:00:12:34:11" } };
static const struct facts facts = { .nics = nics, .n_nics = ARRAY_SIZE(nics) };
static struct planned host;

static int plug(void **state)
{
	static const char *const commands[] = {
		"ip link set lo up",
		"ip link add eno1 address 52:54:00:12:34:10 type veth peer name far1 address "
		"52:54:00:00:00:01",
		"ip link add eno2 address 52:54:00:12:34:11 type veth peer name far2 address "
		"52:54:00:00:00:02",
	};
	static const char *const far[] = { "far1", "far2" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		sh(false, NULL, commands[i]);
	for (size_t i = 0; i < ARRAY_SIZE(far); i++) {
		auto_free char *move = xasprintf("ip link set %s netns %s", far[i], peer_text);
		auto_free char *up = xasprintf("ip link set %s up arp off", far[i]);

		sh(false, NULL, move);
		sh(true, NULL, up);
	}
	return 0;
}

static int unplug(void **state)
{
	struct err err;

	(void)state;
	net_guard_confirm(NULL, &err);
	remove_links("eno1 eno2 xenbr0 xenbr1");
	file_remove_tree("/etc/systemd", NULL);
	file_remove_tree("/run/systemd", NULL);
	plan_clear(&host);
	return 0;
}

static void apply(void)
{
	struct net_change_opts opts = { .timer_s = 600 };
	struct err err = { 0 };
	auto_buf done = { 0 };

	net_guard_confirm(NULL, &err);
	err = (struct err){ 0 };
	net_change_apply(&host.plan, &opts, NULL, &done, &err);
	assert_string_equal(err.msg, "");
}

/* As the host's own files have made it. */
static void host_of(const char *lines)
{
	plan_of(&facts, lines, &host);
	apply();
}

static enum net_boot_state boot(unsigned wait_s, struct buf *report)
{
	struct net_boot_opts opts = { .wait_s = wait_s, .ask_s = 2 };

	return net_boot_check(&host.plan, &facts, &opts, report);
}

static void is_in(const struct buf *report, const char *words)
{
	if (!strstr(buf_str(report), words))
		fail_msg("no \"%s\" in:\n%s", words, buf_str(report));
}

static void is_as_planned(void)
{
	says("ip -4 -o addr show dev xenbr0", "192.0.2.11/24");
	says("ip -o link show dev eno1", "master xenbr0");
	says("ip route show default", "default via 192.0.2.1 dev xenbr0");
	assert_false(file_exists(NET_FALLBACK_DIR "/25-xenith-fallback-xenbr0.network"));
	assert_false(file_exists(NET_FALLBACK_DIR "/25-xenith-fallback-eno2.network"));
}

static void proven(void **state)
{
	auto_buf report = { 0 };

	(void)state;
	GATEWAY("far1");
	host_of(MANAGE GUESTS);
	assert_int_equal(boot(30, &report), NET_BOOT_OK);
	assert_string_equal(buf_str(&report), "");
	is_as_planned();
}

static void gateway_comes_late(void **state)
{
	pid_t pid;
	auto_buf report = { 0 };

	(void)state;
	host_of(MANAGE);
	pid = fork();
	if (pid == 0) {
		sleep(7); /* longer than one round of asking */
		GATEWAY("far1");
		_exit(0);
	}
	assert_int_equal(boot(120, &report), NET_BOOT_OK);
	assert_string_equal(buf_str(&report), "");
	waitpid(pid, NULL, 0);
	is_as_planned();
}

/* The cables of eno1 and of a NIC that no line names have been swapped. */
static void other_cable(void **state)
{
	auto_buf report = { 0 }, unit = { 0 };

	(void)state;
	GATEWAY("far2");
	host_of(MANAGE);
	assert_int_equal(boot(1, &report), NET_BOOT_FALLBACK);
	is_in(&report, "gateway 192.0.2.1 does not answer on xenbr0");
	is_in(&report, "fallback: xenbr0 is on eno2, untagged until the next boot: gateway 192.0.2.1 "
		       "(52:54:00:00:00:02) answers there\n");
	says("ip -4 -o addr show dev xenbr0", "192.0.2.11/24");
	says("ip -o link show dev eno2", "master xenbr0");
	says_not("ip -o link show dev eno1", "master");
	says("ip route show default", "default via 192.0.2.1 dev xenbr0");
	says("ip -o link show dev xenbr0", "52:54:00:12:34:10");
	assert_int_equal(file_read(NET_FALLBACK_DIR "/25-xenith-fallback-eno2.network", &unit, NULL), 0);
	is_in(&unit, "Bridge=xenbr0\n");
	/* The files of the host stay: the next boot tries what they say. */
	unit.len = 0;
	assert_int_equal(file_read("/etc/systemd/network/30-eno1.network", &unit, NULL), 0);
	is_in(&unit, "Bridge=xenbr0\n");

	/* The cables are put right, and the administrator says so. */
	sh(true, NULL, "ip addr del 192.0.2.1/24 dev far2");
	GATEWAY("far1");
	apply();
	is_as_planned();
	says_not("ip -o link show dev eno2", "master");
	report.len = 0;
	assert_int_equal(boot(60, &report), NET_BOOT_OK);
}

static void guests_nic_is_not_taken(void **state)
{
	auto_buf report = { 0 };

	(void)state;
	GATEWAY("far2");
	host_of(MANAGE GUESTS);
	assert_int_equal(boot(1, &report), NET_BOOT_DEGRADED);
	is_in(&report, "gateway 192.0.2.1 does not answer on xenbr0");
	is_as_planned();
	says("ip -o link show dev eno2", "master xenbr1");
}

static void nothing_answers(void **state)
{
	auto_buf report = { 0 };

	(void)state;
	host_of(MANAGE);
	assert_int_equal(boot(1, &report), NET_BOOT_DEGRADED);
	is_in(&report, "gateway 192.0.2.1 was asked for on eno2, untagged: no answer\n");
	is_as_planned();
}

/* Answers ARP for 192.0.2.1 where it is asked with VLAN 100's tag: this kernel may have no 8021q. */
static pid_t start_tagged_gateway(void)
{
	static const uint8_t mac[] = { 0x52, 0x54, 0, 0, 0, 2 };
	pid_t pid = fork();

	if (pid == 0) {
		auto_free char *ns = xasprintf("/proc/%s/ns/net", peer_text);
		struct sockaddr_ll at = { .sll_family = AF_PACKET, .sll_protocol = htons(3 /* ETH_P_ALL */) };
		uint8_t f[2048];
		int fd, one = 1;

		if (setns(open(ns, O_RDONLY), CLONE_NEWNET))
			_exit(1);
		fd = socket(AF_PACKET, SOCK_RAW, 0);
		at.sll_ifindex = (int)if_nametoindex("far2");
		/* Where the tag is beside the frame, it isn't in it: SOL_PACKET's PACKET_AUXDATA says so. */
		setsockopt(fd, SOL_PACKET, PACKET_AUXDATA, &one, sizeof(one));
		if (bind(fd, (struct sockaddr *)&at, sizeof(at)))
			_exit(1);
		for (;;) {
			union {
				struct cmsghdr h;
				uint8_t room[CMSG_SPACE(sizeof(struct tpacket_auxdata))];
			} control;
			struct iovec iov = { f, sizeof(f) };
			struct msghdr m = { .msg_iov = &iov,
					    .msg_iovlen = 1,
					    .msg_control = &control,
					    .msg_controllen = sizeof(control) };
			struct tpacket_auxdata aux = { 0 };
			ssize_t n = recvmsg(fd, &m, 0);

			if (CMSG_FIRSTHDR(&m))
				memcpy(&aux, CMSG_DATA(CMSG_FIRSTHDR(&m)), sizeof(aux));
			if (n < 42 || (aux.tp_vlan_tci & 0xfff) != 100 || f[12] != 8 || f[13] != 6 ||
			    f[21] != 1)
				continue;
			memmove(f + 16, f + 12, 30); /* room for the tag */
			memcpy(f, f + 6, 6);
			memcpy(f + 6, mac, 6);
			memcpy(f + 12, "\x81\x00\x00\x64", 4);
			f[25] = 2;
			memcpy(f + 36, f + 26, 6); /* to whom */
			memmove(f + 42, f + 32, 4);
			memcpy(f + 26, mac, 6);
			memcpy(f + 32, "\xc0\x00\x02\x01", 4);
			memcpy(f + 36, f, 6);
			if (send(fd, f, 46, 0) < 0)
				_exit(1);
		}
	}
	return pid;
}

static void asked_on_many_ways(void **state)
{
	struct net_way v[] = { { .nic = &nics[0] },
			       { .nic = &nics[1] },
			       { .nic = &nics[1], .vlan = 100 },
			       { .nic = &nics[1], .vlan = 101 } };
	struct net_if manage = { .addr = {
					 .proto = NET_STATIC, .ip = "192.0.2.11", .gateway = "192.0.2.1" } };
	struct net_ways ways = { v, ARRAY_SIZE(v) };
	pid_t pid;

	(void)state;
	sh(false, NULL, "ip link set eno1 up");
	sh(false, NULL, "ip link set eno2 up");
	GATEWAY("far1");
	pid = start_tagged_gateway();
	for (int i = 0; i < 10 && !(v[0].answered && v[2].answered);
	     i++) /* the helper may be slow to start */
		net_ways_ask(&ways, &manage, 2);
	stop(pid);
	assert_true(v[0].answered);
	assert_string_equal(v[0].mac, "52:54:00:00:00:01");
	assert_false(v[1].answered);
	assert_true(v[2].answered);
	assert_string_equal(v[2].mac, "52:54:00:00:00:02");
	assert_false(v[3].answered);
	says_not("ip -o link show dev eno2", "PROMISC");
}

/* Without a gateway to ask for, a server is asked for; its lease is the host's, and nobody takes it. */
static void server_asked_on_many_ways(void **state)
{
	struct net_way v[] = { { .nic = &nics[0] }, { .nic = &nics[1] }, { .nic = &nics[1], .vlan = 100 } };
	struct net_if manage = { .mac = "52:54:00:12:34:99", .addr = { .proto = NET_DHCP } };
	struct net_ways ways = { v, ARRAY_SIZE(v) };
	auto_buf leases = { 0 };
	pid_t pid;

	(void)state;
	sh(true, NULL, "ip link set far2 down");
	sh(true, NULL, "ip link set far2 name gw");
	sh(true, NULL, "ip link set gw up arp on");
	sh(true, NULL, "ip addr add 192.0.2.1/24 dev gw");
	pid = start_dnsmasq(DHCP_POOL);
	for (int i = 0; i < 10 && !v[1].answered; i++)
		net_ways_ask(&ways, &manage, 2);
	stop(pid);
	assert_true(v[1].answered);
	assert_string_equal(v[1].mac, "52:54:00:00:00:02");
	assert_false(v[0].answered);
	assert_false(v[2].answered);
	file_read("/run/dnsmasq.leases", &leases, NULL);
	assert_null(strstr(buf_str(&leases), "192.0.2.100"));
}

/* Without IPv4: the gateway's neighbour advertisement, then a router's, is what is asked for. */
static void gateway6_asked_on_many_ways(void **state)
{
	struct net_way v[] = { { .nic = &nics[0] }, { .nic = &nics[1] }, { .nic = &nics[1], .vlan = 100 } };
	struct net_if manage = { .addr = { .ipv6 = "2001:db8::11/64", .ipv6gateway = "2001:db8::1" } };
	struct net_ways ways = { v, ARRAY_SIZE(v) };

	(void)state;
	GATEWAY6("far2");
	for (int i = 0; i < 10 && !v[1].answered; i++)
		net_ways_ask(&ways, &manage, 2);
	assert_true(v[1].answered);
	assert_string_equal(v[1].mac, "52:54:00:00:00:02");
	assert_false(v[0].answered);
	assert_false(v[2].answered);
}

/* What forwards says so in its answers: whoever does not is no default router (RFC 4861 7.2.5). */
static void make_router(void)
{
	sh(true, NULL, "sysctl -q -w net.ipv6.conf.all.forwarding=1");
	sh(true, NULL, "ip link set far2 down");
	sh(true, NULL, "ip link set far2 name gw");
	sh(true, NULL, "ip link set gw up arp on");
	sh(true, NULL, "ip addr add 2001:db8::1/64 dev gw nodad");
}

static void router_asked_on_many_ways(void **state)
{
	struct net_way v[] = { { .nic = &nics[0] }, { .nic = &nics[1] } };
	struct net_if manage = { .addr = { .ipv6 = "auto" } };
	struct net_ways ways = { v, ARRAY_SIZE(v) };
	pid_t pid;

	(void)state;
	make_router();
	pid = start_dnsmasq(RA_PREFIX);
	for (int i = 0; i < 10 && !v[1].answered; i++)
		net_ways_ask(&ways, &manage, 2);
	stop(pid);
	assert_true(v[1].answered);
	assert_string_equal(v[1].mac, "52:54:00:00:00:02");
	assert_false(v[0].answered);
}

static void other_cable6(void **state)
{
	auto_buf report = { 0 };

	(void)state;
	GATEWAY6("far2");
	host_of(MANAGE6);
	assert_int_equal(boot(1, &report), NET_BOOT_FALLBACK);
	is_in(&report, "WRONG gateway   2001:db8::1: no answer to neighbour discovery on xenbr0\n");
	is_in(&report, "fallback: xenbr0 is on eno2, untagged until the next boot: gateway 2001:db8::1 "
		       "(52:54:00:00:00:02) answers there\n");
	says("ip -6 -o addr show dev xenbr0", "2001:db8::11/64");
	says("ip -o link show dev eno2", "master xenbr0");
	says("ip -6 route show default", "default via 2001:db8::1 dev xenbr0");
}

/* Neither an address nor a route has come: where a router speaks, both do. */
static void other_cable_of_a_router(void **state)
{
	auto_buf report = { 0 };
	pid_t pid;

	(void)state;
	make_router();
	host_of("network --device=xenbr0 --bridgeslaves=eno1 --noipv4 --ipv6=auto\n");
	pid = start_dnsmasq(RA_PREFIX);
	assert_int_equal(boot(1, &report), NET_BOOT_FALLBACK);
	is_in(&report, "WRONG address   xenbr0: got none by IPv6 (router advertisements)\n");
	is_in(&report, "fallback: xenbr0 is on eno2, untagged until the next boot: an IPv6 router "
		       "(52:54:00:00:00:02) answers there\n");
	says("ip -6 -o addr show dev xenbr0", "2001:db8::5054:ff:fe12:341"); /* by its own MAC or eno2's */
	says("ip -6 route show default", "dev xenbr0");
	stop(pid);
}

#define ON_WIRE(test) cmocka_unit_test_setup_teardown(test, plug, unplug)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_WIRE(proven),
		ON_WIRE(gateway_comes_late),
		ON_WIRE(other_cable),
		ON_WIRE(nothing_answers),
		ON_WIRE(guests_nic_is_not_taken),
		ON_WIRE(asked_on_many_ways),
		ON_WIRE(server_asked_on_many_ways),
		ON_WIRE(gateway6_asked_on_many_ways),
		ON_WIRE(router_asked_on_many_ways),
		ON_WIRE(other_cable6),
		ON_WIRE(other_cable_of_a_router),
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
	return cmocka_run_group_tests_name("net_boot", tests, NULL, NULL);
}
