/*
 * Bonds and VLANs, with the kernel's own switch at the other end: made, checked, a leg pulled, LACP, a wrong
 * VLAN taken back, the first boot's fallback, the installer's early network. The kernel must have bonding and
 * 8021q: tests/uml.sh (make check-uml) runs this in one that has.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "installer/net_early.h"
#include "netbridge/boot.h"
#include "netbridge/change.h"
#include "netbridge/fallback.h"
#include "netbridge/live.h"
#include "netbridge/verify.h"
#include "tests/unit/netns.h"
#include "tests/unit/netplan.h"

#define STACK(mode, vlan)                                                                           \
	"network --device=bond0 --bondslaves=eno1,eno2 --bondopts=mode=" mode " --bootproto=none\n" \
	"network --device=bond0 --vlanid=" vlan " --bootproto=none\n"                               \
	"network --device=xenbr0 --bridgeslaves=bond0." vlan " --bootproto=static --ip=192.0.2.11 " \
	"--netmask=24 --gateway=192.0.2.1 --noipv6\n"                                               \
	"network --device=bond0 --vlanid=200 --bootproto=none\n"                                    \
	"network --device=xenbr1 --bridgeslaves=bond0.200 --bootproto=none\n"
#define GOOD STACK("active-backup", "100")

static struct nic_facts nics[] = { { .name = "eno1", .mac = "52:54:00:12:34:10" },
				   { .name = "eno2", .mac = "52:54:00:12:34:11" } };
static struct facts facts = { .nics = nics, .n_nics = ARRAY_SIZE(nics) };
static struct planned host;

/* At the other end: a bridge with both cables, and the gateway in its VLAN 100. */
static int plug(void **state)
{
	static const char *const here[] = {
		"ip link set lo up",
		"ip link add eno1 address 52:54:00:12:34:10 type veth peer name far1 address "
		"52:54:00:00:00:01",
		"ip link add eno2 address 52:54:00:12:34:11 type veth peer name far2 address "
		"52:54:00:00:00:02",
	};
	static const char *const there[] = {
		"ip link add sw address 52:54:00:00:00:09 type bridge",
		"ip link add link sw name sw100 type vlan id 100",
		"ip addr add 192.0.2.1/24 dev sw100",
		"ip link set sw up",
		"ip link set sw100 up",
		"ip link set far1 up master sw",
		"ip link set far2 up master sw",
	};
	auto_free char *one = xasprintf("ip link set far1 netns %s", peer_text);
	auto_free char *two = xasprintf("ip link set far2 netns %s", peer_text);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(here); i++)
		sh(false, NULL, here[i]);
	sh(false, NULL, one);
	sh(false, NULL, two);
	for (size_t i = 0; i < ARRAY_SIZE(there); i++)
		sh(true, NULL, there[i]);
	return 0;
}

static int unplug(void **state)
{
	struct err err;

	(void)state;
	net_guard_rollback(NULL, &err);
	remove_links("xenbr0 xenbr1 bond0.100 bond0.200 bond0 xenfb.100 eno1 eno2");
	may_fail(true, "ip link del sw", NULL);
	may_fail(true, "ip link del agg", NULL);
	file_remove_tree("/etc/systemd", NULL);
	file_remove_tree("/run/systemd", NULL);
	plan_clear(&host);
	return 0;
}

static void apply(const char *lines, unsigned timer_s, struct buf *done)
{
	struct net_change_opts opts = { .timer_s = timer_s };
	struct err err = { 0 };

	plan_of(&facts, lines, &host);
	net_change_apply(&host.plan, &opts, NULL, done, &err);
	assert_string_equal(err.msg, "");
}

static void make(const char *lines)
{
	struct err err = { 0 };
	auto_buf done = { 0 };

	apply(lines, 600, &done);
	if (done.len)
		net_guard_confirm(NULL, &err);
	assert_string_equal(err.msg, "");
}

static void see(struct buf *b)
{
	struct net_verify_opts opts = { .wait_s = 10, .no_duplicates = true };
	struct net_findings found = { 0 };

	b->len = 0;
	net_verify(&host.plan, &opts, &found);
	net_findings_print(&found, NET_FINDINGS_ALL, b);
	net_findings_clear(&found);
}

/* Until verify says it, a minute at most: monitors and LACP take their time. */
static void comes_to_see(const char *want, bool there)
{
	auto_buf b = { 0 };

	for (int i = 0; i < 60; i++) {
		see(&b);
		if (!strstr(buf_str(&b), want) != there)
			return;
		sleep(1);
	}
	fail_msg("%s \"%s\":\n%s", there ? "no" : "still", want, buf_str(&b));
}

static void has(const struct buf *b, const char *want)
{
	if (!strstr(buf_str(b), want))
		fail_msg("no \"%s\" in:\n%s", want, buf_str(b));
}

static void stack_is_made(void **state)
{
	auto_buf done = { 0 };

	(void)state;
	make(GOOD);
	comes_to_see("WRONG", false);
	says("ip -d -o link show dev bond0", "bond mode active-backup ");
	says("ip -d -o link show dev bond0", " miimon 100 ");
	says("ip -d -o link show dev bond0.100", "vlan protocol 802.1Q id 100");
	says("ip -o link show dev bond0.100", "master xenbr0");
	says("ip -o link show dev bond0.200", "master xenbr1");
	says("ip -o link show dev eno2", "master bond0");
	says("ip -o link show dev xenbr0", "52:54:00:12:34:10");
	says("ip -4 -o addr show dev xenbr0", "192.0.2.11/24");
	says("ip route show default", "default via 192.0.2.1 dev xenbr0");
	says_not("ip -o addr show dev bond0.100", "inet ");
	apply(GOOD, 600, &done);
	assert_string_equal(buf_str(&done), "");
}

static void legs_are_pulled(void **state)
{
	static const char *const down[] = { "ip link set far1 down", "ip link set far2 down" };
	static const char *const up[] = { "ip link set far1 up", "ip link set far2 up" };
	static const char *const wrong[] = { "WRONG leg       eno1: is down in bond0",
					     "WRONG leg       eno2: is down in bond0" };
	auto_buf b = { 0 };

	(void)state;
	make(GOOD);
	comes_to_see("WRONG", false);
	for (int i = 0; i < 2; i++) {
		sh(true, NULL, down[i]);
		comes_to_see(wrong[i], true);
		see(&b);
		has(&b, "ok    gateway   192.0.2.1: answers ARP to xenbr0");
		sh(true, NULL, up[i]);
		comes_to_see("WRONG", false);
	}
}

/* A partner that speaks LACP, then does no more. */
static void lacp_is_negotiated(void **state)
{
	static const char *const there[] = {
		"ip link set far1 down nomaster",
		"ip link set far2 down nomaster",
		"ip link add agg type bond mode 802.3ad miimon 100 lacp_rate fast",
		"ip link set far1 master agg",
		"ip link set far2 master agg",
		"ip link set agg up",
		"ip link set agg master sw",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(there); i++)
		sh(true, NULL, there[i]);
	make(STACK("802.3ad,lacp_rate=fast", "100"));
	comes_to_see("ok    LACP      bond0: 2 legs with ", true);
	comes_to_see("WRONG", false);
	sh(true, NULL, "ip link set far2 nomaster");
	sh(true, NULL, "ip link set far2 up");
	comes_to_see("WRONG LACP      bond0: 1 of 2 legs are in the channel", true);
	sh(true, NULL, "ip link del agg");
	sh(true, NULL, "ip link set far1 up master sw");
	comes_to_see("WRONG LACP      bond0: the switch does not answer", true);
	/* And over to a mode that needs no partner, in one change. */
	make(GOOD);
	sh(true, NULL, "ip link set far2 master sw");
	comes_to_see("WRONG", false);
}

static void wrong_vlan_is_taken_back(void **state)
{
	auto_buf done = { 0 };

	(void)state;
	make(GOOD);
	apply(STACK("active-backup", "101"), 2, &done);
	says("ip -o link show dev bond0.101", "master xenbr0");
	for (int i = 0; i < 60 && file_exists("/var/lib/xenith/net-change/list"); i++)
		sleep(1);
	plan_of(&facts, GOOD, &host);
	comes_to_see("WRONG", false);
	says_not("ip -o link", "bond0.101");
}

static enum net_boot_state boot(struct buf *report)
{
	struct net_boot_opts opts = { .wait_s = 2, .ask_s = 3 };

	report->len = 0;
	return net_boot_check(&host.plan, &facts, &opts, report);
}

static void falls_back_untagged(void **state)
{
	auto_buf report = { 0 };

	(void)state;
	make(GOOD);
	sh(true, NULL, "ip link del sw100");
	sh(true, NULL, "ip addr add 192.0.2.1/24 dev sw");
	assert_int_equal(boot(&report), NET_BOOT_FALLBACK);
	has(&report, "fallback: xenbr0 is on eno1, untagged until the next boot: gateway 192.0.2.1 "
		     "(52:54:00:00:00:09) answers there\n");
	says("ip -o link show dev eno1", "master xenbr0");
	says("ip -o link show dev eno2", "master bond0");
	says("ip -4 -o addr show dev xenbr0", "192.0.2.11/24");
}

/* The leg in use has a link, but in no VLAN of ours. */
static void falls_back_to_the_other_leg(void **state)
{
	auto_buf report = { 0 };

	(void)state;
	make(GOOD);
	says("cat /sys/class/net/bond0/bonding/active_slave", "eno1");
	sh(true, NULL, "ip link set far1 nomaster");
	assert_int_equal(boot(&report), NET_BOOT_FALLBACK);
	has(&report, "fallback: xenbr0 is on eno2, VLAN 100 until the next boot: ");
	says("ip -d -o link show dev xenfb.100", "vlan protocol 802.1Q id 100");
	says("ip -o link show dev xenfb.100", "master xenbr0");
	says_not("ip -o link show dev bond0.100", "master");

	sh(true, NULL, "ip link set far1 master sw"); /* mended */
	make(GOOD);
	says_not("ip -o link", "xenfb");
	comes_to_see("WRONG", false);
	assert_int_equal(boot(&report), NET_BOOT_OK);
}

static void nothing_answers(void **state)
{
	auto_buf report = { 0 };

	(void)state;
	make(GOOD);
	sh(true, NULL, "ip link del sw100");
	assert_int_equal(boot(&report), NET_BOOT_DEGRADED);
	has(&report, "gateway 192.0.2.1 was asked for on eno1, VLAN 100; eno2, VLAN 100; eno1, untagged; "
		     "eno2, untagged: no answer\n");
	says("ip -o link show dev bond0.100", "master xenbr0");
}

/* The kickstart file itself is behind the tagged bond; then the plan's own devices take over. */
static void early_network(void **state)
{
	struct door door = { 0 };
	struct err err = { 0 };

	(void)state;
	facts.cmdline = "bond=bond0:eno1,eno2:mode=active-backup vlan=bond0.100:bond0 "
			"ip=192.0.2.11::192.0.2.1:24::bond0.100:none nameserver=192.0.2.1";
	assert_int_equal(net_early_up(&facts, &door, &err), 0);
	facts.cmdline = NULL;
	says("ip -4 -o addr show dev bond0.100", "192.0.2.11/24");
	says("ip route show default", "default via 192.0.2.1 dev bond0.100");
	plan_of(&facts, GOOD, &host);
	assert_int_equal(net_live_up(&host.plan, &door, &err), 0);
	comes_to_see("WRONG", false);
}

/* What the installer says of a VLAN that the switch does not have. */
static void installer_refuses_a_wrong_vlan(void **state)
{
	struct net_waits waits = { .carrier = 10, .gateway = 2, .dhcp = 2 };
	struct door door = { 0 };
	struct err err = { 0 };

	(void)state;
	plan_of(&facts, STACK("active-backup", "101"), &host);
	assert_int_equal(net_live_up_within(&host.plan, &waits, &door, &err), -ERR_FETCH);
	assert_non_null(strstr(err.msg, "gateway 192.0.2.1 does not answer on xenbr0"));
}

#define ON_WIRE(test) cmocka_unit_test_setup_teardown(test, plug, unplug)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_WIRE(stack_is_made),
		ON_WIRE(legs_are_pulled),
		ON_WIRE(lacp_is_negotiated),
		ON_WIRE(wrong_vlan_is_taken_back),
		ON_WIRE(falls_back_untagged),
		ON_WIRE(falls_back_to_the_other_leg),
		ON_WIRE(nothing_answers),
		ON_WIRE(early_network),
		ON_WIRE(installer_refuses_a_wrong_vlan),
	};
	const char *why = go_private();

	if (!why && (!file_exists("/proc/net/bonding") || !file_exists("/proc/net/vlan")))
		why = "this kernel has no bonding and 8021q: see make check-uml";
	if (!why && mount("var", "/var", "tmpfs", 0, NULL))
		why = "cannot mount a tmpfs";
	if (!why && mount("sysfs", "/sys", "sysfs", MS_RDONLY, NULL))
		why = "cannot mount this namespace's /sys";
	if (why) {
		printf("1..0 # SKIP %s\n", why);
		return 0;
	}
	return cmocka_run_group_tests_name("net_bond", tests, NULL, NULL);
}
