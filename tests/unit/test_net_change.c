/*
 * Changes of a live network, between veth pairs in a network namespace: under a TCP stream, confirmed, rolled
 * back by the timer, by the death of who made them, by a boot. `--bench` prints the stall of the stream
 * instead.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <cmocka.h>

#include "netbridge/change.h"
#include "tests/unit/netns.h"
#include "tests/unit/netplan.h"
#include "tests/unit/systemd.h"

#define LOG  "/var/log/xenith/net-change.log"
#define PORT 2222
#define BRIDGE                                                                                         \
	"network --device=xenbr0 --bridgeslaves=eno1 --bootproto=static --ip=192.0.2.11 --netmask=24 " \
	"--gateway=192.0.2.1 --ipv6=2001:db8::11/64 --ipv6gateway=2001:db8::1\n"

static struct nic_facts nics[] = { { .name = "eno1", .mac = "52:54:00:12:34:10" },
				   { .name = "eno2", .mac = "52:54:00:12:34:11" } };
static const struct facts facts = { .nics = nics, .n_nics = ARRAY_SIZE(nics) };

static void pause_ms(long ms)
{
	const struct timespec ts = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };

	nanosleep(&ts, NULL);
}

static double now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

static int plug(void **state)
{
	static const char *const commands[] = {
		"ip link set lo up",
		"ip link add eno1 address 52:54:00:12:34:10 type veth peer name gw address 52:54:00:00:00:01",
		"ip link add eno2 address 52:54:00:12:34:11 type veth peer name gw2",
		"ip link set eno1 up",
		"ip addr add 192.0.2.11/24 dev eno1",
		"ip addr add 2001:db8::11/64 dev eno1 nodad",
		"ip route add default via 192.0.2.1",
		"ip route add 198.51.100.0/24 via 192.0.2.254 metric 7",
	};
	auto_free char *move = xasprintf("ip link set gw netns %s", peer_text);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		sh(false, NULL, commands[i]);
	sh(false, NULL, move);
	sh(true, NULL, "ip addr add 192.0.2.1/24 dev gw");
	sh(true, NULL, "ip addr add 2001:db8::1/64 dev gw nodad");
	sh(true, NULL, "ip link set gw up");
	/* The kernel makes it when it sees the other end: here, not in the middle of a change. */
	comes_to_say("ip -6 -o addr show dev eno1", "fe80:", LOG);
	assert_int_equal(
		file_write("/etc/systemd/network/10-old.network", "[Match]\nName=eno*\n", 18, 0644, NULL), 0);
	return 0;
}

static int unplug(void **state)
{
	struct err err;

	(void)state;
	net_guard_confirm(NULL, &err);
	remove_links("eno1 eno2 xenbr0 xenbr1 br9");
	file_remove_tree("/etc/systemd", NULL);
	file_remove_tree("/etc/sysctl.d", NULL);
	return 0;
}

/* What was done is in done. */
static int apply(const char *text, unsigned timer_s, struct buf *done, struct err *err)
{
	struct net_change_opts opts = { .timer_s = timer_s };
	struct planned host = { 0 };
	int r;

	plan_of(&facts, text, &host);
	r = net_change_apply(&host.plan, &opts, NULL, done, err);
	plan_clear(&host);
	return r;
}

static void applied(const char *text, unsigned timer_s, struct buf *done)
{
	struct err err = { 0 };

	apply(text, timer_s, done, &err);
	assert_string_equal(err.msg, "");
}

static void gone_in_time(const char *path)
{
	for (int i = 0; i < 150 && file_exists(path); i++)
		pause_ms(200);
	assert_false(file_exists(path));
}

static void is_moved(void)
{
	says("ip -4 -o addr show dev xenbr0", "192.0.2.11/24");
	says("ip -6 -o addr show dev xenbr0", "2001:db8::11/64");
	says_not("ip -o addr show dev eno1", "inet");
	says("ip -o link show dev eno1", "master xenbr0");
	says("ip -o link show dev xenbr0", "52:54:00:12:34:10");
	says("ip -d -o link show dev xenbr0", "stp_state 0");
	says("ip route show default", "default via 192.0.2.1 dev xenbr0");
	says("ip -6 route show default", "default via 2001:db8::1 dev xenbr0");
	says_not("ip route", "eno1");
}

static void is_as_before(void)
{
	comes_to_say("ip -4 -o addr show dev eno1", "192.0.2.11/24", LOG);
	comes_to_say("ip route show default", "default via 192.0.2.1 dev eno1", LOG);
	says("ip -6 -o addr show dev eno1", "2001:db8::11/64");
	says("ip route", "198.51.100.0/24 via 192.0.2.254 dev eno1 metric 7");
	says("ip route", "192.0.2.0/24 dev eno1 proto kernel");
	says_not("ip -o link", "xenbr0");
	says_not("ip -o link show dev eno1", "master");
	gone_in_time("/var/lib/xenith/net-change/list");
	assert_false(file_exists("/etc/systemd/network/30-xenbr0.network"));
	assert_true(file_exists("/etc/systemd/network/10-old.network"));
	assert_false(file_exists("/etc/systemd/system/xenith-net-rollback.service"));
}

/* The longest time that an answer took, and what became of the session. */
struct stream {
	double stall_ms;
	unsigned answers;
	bool alive, stop;
	pid_t server, client;
};

static void serve(void)
{
	int s = socket(AF_INET, SOCK_STREAM, 0), one = 1, c;
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(PORT) };
	char byte;

	setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(s, (struct sockaddr *)&at, sizeof(at)) || listen(s, 1))
		_exit(1);
	c = accept(s, NULL, NULL);
	setsockopt(c, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	while (read(c, &byte, 1) == 1 && write(c, &byte, 1) == 1)
		;
	_exit(0);
}

static void ask(struct stream *st)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(PORT) };
	auto_free char *ns = xasprintf("/proc/%s/ns/net", peer_text);
	int s, one = 1, tries = 0;
	char byte = 'x';

	if (setns(open(ns, O_RDONLY), CLONE_NEWNET))
		_exit(1);
	inet_pton(AF_INET, "192.0.2.11", &to.sin_addr);
	while ((s = socket(AF_INET, SOCK_STREAM, 0)) >= 0 && connect(s, (struct sockaddr *)&to, sizeof(to)) &&
	       tries++ < 100) {
		close(s);
		pause_ms(50);
	}
	setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	while (!__atomic_load_n(&st->stop, __ATOMIC_SEQ_CST)) {
		double began = now_ms();

		if (write(s, &byte, 1) != 1 || read(s, &byte, 1) != 1)
			_exit(1);
		if (st->answers++ > 20)
			st->stall_ms = now_ms() - began > st->stall_ms ? now_ms() - began : st->stall_ms;
		pause_ms(1);
	}
	st->alive = true;
	_exit(0);
}

static struct stream *stream_start(void)
{
	struct stream *st =
		mmap(NULL, sizeof(*st), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	st->server = fork();
	if (st->server == 0)
		serve();
	st->client = fork();
	if (st->client == 0)
		ask(st);
	for (int i = 0; i < 200 && st->answers < 100; i++)
		pause_ms(50);
	return st;
}

static double stream_stop(struct stream *st)
{
	double stall;

	__atomic_store_n(&st->stop, true, __ATOMIC_SEQ_CST);
	waitpid(st->client, NULL, 0);
	waitpid(st->server, NULL, 0);
	assert_true(st->alive);
	stall = st->stall_ms;
	munmap(st, sizeof(*st));
	return stall;
}

static double move_under_stream(void)
{
	struct stream *st = stream_start();
	auto_buf done = { 0 };

	applied(BRIDGE, 60, &done);
	pause_ms(500);
	return stream_stop(st);
}

static void moves_under_a_stream(void **state)
{
	struct err err = { 0 };
	double stall;

	(void)state;
	stall = move_under_stream();
	is_moved();
	print_message("# longest answer %.1f ms\n", stall);
	assert_int_equal(net_guard_confirm(NULL, &err), 0);
	gone_in_time("/run/xenith/net-guardian");
	is_moved();
	assert_false(file_exists("/var/lib/xenith/net-change/list"));
	assert_true(file_exists("/etc/systemd/network/30-xenbr0.network"));
	assert_false(file_exists("/etc/systemd/network/10-old.network"));
	assert_int_equal(net_guard_confirm(NULL, &err), -ERR_MACHINE);
}

static void a_wrong_gateway_is_rolled_back(void **state)
{
	auto_buf done = { 0 };
	pid_t pid;

	(void)state;
	/* The program that made the change is killed behind it, too. */
	pid = fork();
	if (pid == 0) {
		applied("network --device=xenbr0 --bridgeslaves=eno1 --bootproto=static --ip=192.0.2.12 "
			"--netmask=24 --gateway=192.0.2.99 --noipv6\n",
			2, &done);
		kill(getpid(), SIGKILL);
	}
	waitpid(pid, NULL, 0);
	says("ip route show default", "default via 192.0.2.99 dev xenbr0");
	is_as_before();
}

static void half_a_change_is_rolled_back(void **state)
{
	pid_t pid = fork();

	(void)state;
	if (pid == 0) {
		const char *const files[] = { "/etc/systemd/network/10-old.network", NULL };
		struct net_state now = { 0 }, want = { 0 };
		struct net_batch batch = { 0 };
		struct planned host = { 0 };
		struct net_guard guard;
		struct arena a = { 0 };

		plan_of(&facts, BRIDGE, &host);
		net_state_read(&a, &now, NULL);
		net_state_want(&host.plan, &now, &a, &want, NULL);
		net_guard_start(NULL, files, &now, 600, &guard, NULL);
		net_batch_make(&now, &want, &batch);
		net_batch_send(&batch, NULL, NULL);
		unlink(files[0]);
		kill(getpid(), SIGKILL);
	}
	waitpid(pid, NULL, 0);
	is_as_before();
}

static void set_ipv6_off(const char *off)
{
	FILE *f = fopen("/proc/sys/net/ipv6/conf/default/disable_ipv6", "w");

	assert_non_null(f);
	fputs(off, f);
	fclose(f);
}

static void a_refused_step_is_rolled_back(void **state)
{
	auto_buf done = { 0 };
	struct err err = { 0 };

	(void)state;
	set_ipv6_off("1"); /* so that the bridge can't have its IPv6 address */
	apply(BRIDGE, 60, &done, &err);
	set_ipv6_off("0");
	assert_int_equal(err.code, ERR_SYS);
	assert_non_null(strstr(err.msg, "rolled back: cannot give 2001:db8::11/64 to xenbr0"));
	assert_int_equal(err.id, ERR_NET_KERNEL);
	is_as_before();
}

/* systemd itself is asked what it would do: behind the mounts, before anything reads the network's files. */
static void systemd_would_restore(void)
{
	static const char *const lines[] = {
		"ConditionPathExists: /var/lib/xenith/net-change/list untested\n",
		"Before: systemd-networkd.service (origin-file)\n",
		"Before: networking.service (origin-file)\n",
		"Before: network-pre.target (origin-file)\n",
		"After: local-fs.target (origin-file)\n",
		" bridge rollback --boot\n",
	};

	systemd_starts("/etc/systemd/system", "xenith-net-rollback.service", lines, ARRAY_SIZE(lines));
}

static void a_boot_restores_the_files(void **state)
{
	auto_buf done = { 0 };
	struct err err = { 0 };
	bool restored = false;

	(void)state;
	applied(BRIDGE, 600, &done);
	assert_true(file_exists("/etc/systemd/system/sysinit.target.wants/xenith-net-rollback.service"));
	systemd_would_restore();
	unlink("/run/xenith/net-guardian"); /* /run is empty after a boot */
	assert_int_equal(net_guard_boot(NULL, &restored, &err), 0);
	assert_true(restored);
	assert_true(file_exists("/etc/systemd/network/10-old.network"));
	assert_false(file_exists("/etc/systemd/network/30-xenbr0.network"));
	assert_int_equal(net_guard_boot(NULL, &restored, &err), 0);
	assert_false(restored);
}

/* The guardian was killed: the files come back, and what is in use is said to be another matter. */
static void rolled_back_without_a_guardian(void **state)
{
	auto_buf done = { 0 };
	struct err err = { 0 };

	(void)state;
	applied(BRIDGE, 600, &done);
	unlink("/run/xenith/net-guardian");
	assert_int_equal(net_guard_rollback(NULL, &err), -ERR_SYS);
	assert_int_equal(err.id, ERR_NET_GUARDIAN);
	assert_true(file_exists("/etc/systemd/network/10-old.network"));
	assert_false(file_exists("/etc/systemd/network/30-xenbr0.network"));
}

static void rolled_back_when_asked(void **state)
{
	auto_buf done = { 0 }, again = { 0 };
	struct err err = { 0 };

	(void)state;
	applied(BRIDGE, 600, &done);
	assert_int_equal(apply(BRIDGE "network --device=xenbr1 --bootproto=none\n", 600, &again, &err),
			 -ERR_MACHINE);
	assert_non_null(strstr(err.msg, "waits for its confirmation"));
	assert_int_equal(err.id, ERR_NET_CHANGE);
	assert_int_equal(net_guard_rollback(NULL, &err), 0);
	is_as_before();
	err = (struct err){ 0 };
	assert_int_equal(net_guard_rollback(NULL, &err), -ERR_MACHINE);
	assert_int_equal(err.id, ERR_NET_CHANGE);
}

/* Nothing is touched where the change can't be carried through. */
static void refused(void **state)
{
	auto_buf done = { 0 };
	struct err err = { 0 };

	(void)state;
	assert_int_equal(apply("network --device=xenbr0 --bridgeslaves=eno1 --bootproto=dhcp\n"
			       "%addon xenith\nnet --files=ifupdown\n%end\n",
			       600, &done, &err),
			 -ERR_MACHINE);
	assert_int_equal(err.id, ERR_NET_FOLLOW);
	assert_int_equal(file_mkdirs("/etc/netplan", 0755, NULL), 0);
	assert_int_equal(file_write("/etc/netplan/a.yaml", "network:\n", 9, 0600, NULL), 0);
	assert_int_equal(apply(BRIDGE, 600, &done, &err), -ERR_MACHINE);
	assert_int_equal(err.id, ERR_NET_OTHERS);
	file_remove_tree("/etc/netplan", NULL);
	is_as_before();
}

static void twice_is_once(void **state)
{
	auto_buf done = { 0 }, again = { 0 };
	struct err err = { 0 };

	(void)state;
	applied(BRIDGE, 600, &done);
	assert_int_equal(net_guard_confirm(NULL, &err), 0);
	applied(BRIDGE, 600, &again);
	assert_string_equal(buf_str(&again), "");
	is_moved();
}

static void out_of_another_bridge(void **state)
{
	auto_buf done = { 0 };
	struct err err = { 0 };

	(void)state;
	sh(false, NULL, "ip link add br9 type bridge");
	sh(false, NULL, "ip link set br9 up");
	sh(false, NULL, "ip link set eno1 master br9");
	sh(false, NULL, "ip addr del 192.0.2.11/24 dev eno1");
	sh(false, NULL, "ip addr add 192.0.2.11/24 dev br9");
	sh(false, NULL, "ip route add default via 192.0.2.1 dev br9");
	applied(BRIDGE, 600, &done);
	is_moved();
	says_not("ip -o addr show dev br9", "192.0.2.11");
	assert_int_equal(net_guard_rollback(NULL, &err), 0);
	says("ip -4 -o addr show dev br9", "192.0.2.11/24");
	says("ip -o link show dev eno1", "master br9");
	says("ip route show default", "default via 192.0.2.1 dev br9");
}

/* A lease moves as it is; the guests' bridge has nothing, and no IPv6. */
static void a_lease_moves(void **state)
{
	auto_buf done = { 0 };

	(void)state;
	sh(false, NULL, "ip addr change 192.0.2.11/24 dev eno1 valid_lft 5000 preferred_lft 4000");
	applied("network --device=xenbr0 --bridgeslaves=eno1 --bootproto=dhcp\n"
		"network --device=xenbr1 --bridgeslaves=eno2 --bootproto=none\n",
		600, &done);
	says("ip -4 -o addr show dev xenbr0", "192.0.2.11/24");
	says_not("ip -4 -o addr show dev xenbr0", "valid_lft forever");
	says("ip route show default", "default via 192.0.2.1 dev xenbr0");
	says("ip route", "198.51.100.0/24 via 192.0.2.254 dev xenbr0 metric 7");
	says("ip -o link show dev eno2", "master xenbr1");
	says_not("ip -o addr show dev xenbr1", "inet");
	says_not("ip -o addr show dev eno2", "inet");
}

#define ON_WIRE(test) cmocka_unit_test_setup_teardown(test, plug, unplug)

static int compare(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

#define HOSTS 1000

/* Bridges over VLANs over a bond: text to plan to files. */
static void bench_hosts(void)
{
	double began = now_ms();
	size_t bytes = 0;

	for (unsigned i = 0; i < HOSTS; i++) {
		auto_free char *text =
			xasprintf("network --device=bond0 --bondslaves=eno1,eno2 --bondopts=mode=802.3ad\n"
				  "network --device=bond0 --vlanid=100 --bootproto=none\n"
				  "network --device=bond0 --vlanid=200 --bootproto=none\n"
				  "network --device=xenbr0 --bridgeslaves=bond0.100 --bootproto=static "
				  "--ip=10.0.%u.%u --netmask=16 "
				  "--gateway=10.0.255.254 --nameserver=10.0.255.253 --hostname=xen%u\n"
				  "network --device=xenbr1 --bridgeslaves=bond0.200 --bootproto=none\n",
				  i / 250, i % 250 + 1, i);
		struct planned host = { 0 };
		auto_buf files = { 0 };

		plan_of(&facts, text, &host);
		net_plan_files(&host.plan, &files);
		bytes += files.len;
		plan_clear(&host);
	}
	printf("plan and files of %d hosts: %.0f ms, %zu bytes (1000 ms allowed)\n", HOSTS, now_ms() - began,
	       bytes);
}

static int bench(void)
{
	double stalls[20];
	struct err err;

	bench_hosts();
	for (size_t i = 0; i < ARRAY_SIZE(stalls); i++) {
		plug(NULL);
		stalls[i] = move_under_stream();
		net_guard_confirm(NULL, &err);
		unplug(NULL);
	}
	qsort(stalls, ARRAY_SIZE(stalls), sizeof(*stalls), compare);
	printf("live move under a TCP stream: stall median %.1f ms of 20 runs (least %.1f, most %.1f; 100 "
	       "allowed)\n",
	       (stalls[9] + stalls[10]) / 2, stalls[0], stalls[19]);
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		ON_WIRE(moves_under_a_stream),
		ON_WIRE(a_wrong_gateway_is_rolled_back),
		ON_WIRE(half_a_change_is_rolled_back),
		ON_WIRE(a_refused_step_is_rolled_back),
		ON_WIRE(a_boot_restores_the_files),
		ON_WIRE(rolled_back_without_a_guardian),
		ON_WIRE(rolled_back_when_asked),
		ON_WIRE(refused),
		ON_WIRE(twice_is_once),
		ON_WIRE(out_of_another_bridge),
		ON_WIRE(a_lease_moves),
	};
	const char *why = go_private();

	if (!why && mount("var", "/var", "tmpfs", 0, NULL))
		why = "cannot mount a tmpfs";
	if (why) {
		printf("1..0 # SKIP %s\n", why);
		return 0;
	}
	if (argc > 1 && str_eq(argv[1], "--bench"))
		return bench();
	return cmocka_run_group_tests_name("net_change", tests, NULL, NULL);
}
