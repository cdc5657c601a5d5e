/*
 * The written files under the real systemd-networkd, in a network namespace: bridges, ports, addresses, and
 * what must not be there. (It takes links as set up where /sys is read-only, so that it needs no udev here;
 * names by .link files are udev's and not tried.)
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <time.h>
#include <fcntl.h>

#include "netbridge/netbridge.h"
#include "tests/unit/netns.h"

#define NETWORKD "/lib/systemd/systemd-networkd"
#define LOG      "/run/networkd.log"

static struct nic_facts nics[] = { { .name = "ens16", .mac = "52:54:00:12:34:10" },
				   { .name = "ens17", .mac = "52:54:00:12:34:11" } };
static const struct facts facts = { .nics = nics, .n_nics = ARRAY_SIZE(nics) };
static const char *slave16[] = { "ens16", NULL }, *slave17[] = { "ens17", NULL };

static int plug(void **state)
{
	static const char *const commands[] = {
		"ip link set lo up",
		"ip link add ens16 address 52:54:00:12:34:10 type veth peer name gw",
		"ip link add ens17 address 52:54:00:12:34:11 type veth peer name gw2",
	};
	auto_free char *move = xasprintf("ip link set gw netns %s", peer_text);
	auto_free char *move2 = xasprintf("ip link set gw2 netns %s", peer_text);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		sh(false, NULL, commands[i]);
	sh(false, NULL, move);
	sh(false, NULL, move2);
	sh(true, NULL, "ip addr add 192.0.2.1/24 dev gw");
	sh(true, NULL, "ip link set gw up");
	sh(true, NULL, "ip link set gw2 up");
	return 0;
}

static int unplug(void **state)
{
	(void)state;
	remove_links("ens16 ens17 xenbr0 xenbr1");
	unlink(LOG);
	return file_remove_tree("/etc/systemd", NULL);
}

static void write_files(struct ks_network *lines, size_t n)
{
	struct ks ks = { .networks = lines, .n_networks = n };
	struct door door = { 0 };
	struct net_plan plan = { 0 };
	struct err err = { 0 };

	net_plan_make(&facts, &ks, &plan, &err);
	assert_string_equal(err.msg, "");
	net_apply_files(&plan, "/", &door, &err);
	assert_string_equal(err.msg, "");
	net_plan_clear(&plan);
}

static pid_t start_networkd(void)
{
	pid_t pid;

	assert_int_equal(file_mkdirs("/run/systemd", 0755, NULL), 0); /* PID 1's */
	assert_int_equal(file_write("/etc/machine-id", "0123456789abcdef0123456789abcdef\n", 33, 0444, NULL),
			 0);
	pid = fork();
	if (pid == 0) {
		int log = open(LOG, O_WRONLY | O_CREAT | O_APPEND, 0644);

		dup2(log, 2);
		setenv("SYSTEMD_LOG_LEVEL", "info", 1);
		execl(NETWORKD, NETWORKD, NULL);
		_exit(127);
	}
	return pid;
}

static void complains_not(void)
{
	static const char *const words[] = { "Unknown", "ailed to parse", "gnoring assignment" };
	auto_buf log = { 0 };

	assert_int_equal(file_read(LOG, &log, NULL), 0);
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strstr(buf_str(&log), words[i]))
			fail_msg("networkd said:\n%s", buf_str(&log));
}

static void static_bridges(void **state)
{
	struct ks_network lines[] = {
		{ .vlanid = -1,
		  .device = "xenbr0",
		  .bridgeslaves = { slave16, 1 },
		  .bootproto = "static",
		  .ip = "192.0.2.11",
		  .netmask = "255.255.255.0",
		  .gateway = "192.0.2.1",
		  .ipv6 = "2001:db8::11/64" },
		{ .vlanid = -1,
		  .device = "xenbr1",
		  .bridgeslaves = { slave17, 1 },
		  .bootproto = "none",
		  .mtu = 1400 },
	};
	pid_t networkd;

	(void)state;
	write_files(lines, 2);
	networkd = start_networkd();
	comes_to_say("ip route show default", "default via 192.0.2.1 dev xenbr0", LOG);
	comes_to_say("ip -6 -o addr show dev xenbr0", "2001:db8::11/64", LOG);
	comes_to_say("ip -o link show dev ens17", "master xenbr1", LOG);
	comes_to_say("ip -o link show dev xenbr1", "LOWER_UP", LOG);
	says("ip -4 -o addr show dev xenbr0", "192.0.2.11/24");
	says("ip -o link show dev ens16", "master xenbr0");
	says("ip -o link show dev xenbr0", "link/ether 52:54:00:12:34:10");
	says("ip -o link show dev xenbr1", "link/ether 52:54:00:12:34:11");
	says("ip -o link show dev xenbr1", "mtu 1400");
	says("ip -o link show dev ens17", "mtu 1400");
	says("ip -d -o link show dev xenbr0", "forward_delay 0 ");
	says("ip -d -o link show dev xenbr0", "stp_state 0 ");
	says("ip -d -o link show dev xenbr1", "mcast_snooping 0 ");
	says_not("ip -o addr show dev xenbr1", "inet");
	says_not("ip -o addr show dev ens16", "inet");
	says_not("ip -o addr show dev ens17", "inet");
	complains_not();
	stop(networkd);
}

/* vif-bridge puts a guest's vif into the bridge by itself; networkd leaves it there, over a restart too. */
static void vif_is_left_alone(void **state)
{
	struct ks_network lines[] = {
		{ .vlanid = -1,
		  .device = "xenbr0",
		  .bridgeslaves = { slave16, 1 },
		  .bootproto = "dhcp",
		  .noipv6 = true },
		{ .vlanid = -1, .device = "xenbr1", .bootproto = "none" },
	};
	pid_t server = start_dnsmasq(DHCP_POOL), networkd;

	(void)state;
	write_files(lines, 2);
	networkd = start_networkd();
	comes_to_say("ip -4 -o addr show dev xenbr0", "192.0.2.100/24", LOG);
	says_not("ip -6 -o addr show dev xenbr0", "inet6");
	comes_to_say("ip -o link show dev xenbr1", "UP", LOG);
	sh(false, NULL, "ip link add vif1.0 address fe:ff:ff:ff:ff:ff type veth peer name guest");
	sh(false, NULL, "ip link set vif1.0 master xenbr1");
	sh(false, NULL, "ip link set vif1.0 up");
	sh(false, NULL, "ip link set guest up");
	stop(networkd);
	says("ip -4 -o addr show dev xenbr0", "192.0.2.100/24");
	networkd = start_networkd();
	comes_to_say("ip route show default", "default via 192.0.2.1 dev xenbr0", LOG);
	says("ip -o link show dev vif1.0", "master xenbr1");
	says("ip -o link show dev vif1.0", "LOWER_UP");
	says_not("ip -4 -o addr show dev vif1.0", "inet");
	says_not("ip -o addr show dev xenbr1", "inet");
	complains_not();
	stop(networkd);
	stop(server);
	sh(false, NULL, "ip link del vif1.0");
}

#define ON_WIRE(test) cmocka_unit_test_setup_teardown(test, plug, unplug)

int main(void)
{
	const struct CMUnitTest tests[] = { ON_WIRE(static_bridges), ON_WIRE(vif_is_left_alone) };
	const char *why = go_private();
	if (!why && access(NETWORKD, X_OK))
		why = "no systemd-networkd here";
	if (!why && mount("sysfs", "/sys", "sysfs", MS_RDONLY, NULL))
		why = "cannot mount this namespace's /sys";
	if (why) {
		printf("1..0 # SKIP %s\n", why);
		return 0;
	}
	return cmocka_run_group_tests_name("net_networkd", tests, NULL, NULL);
}
