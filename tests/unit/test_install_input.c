/* Where an install's inputs come from and its events go to: ks= words, URL variables, ip=, event lines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/util.h"
#include "installer/event.h"
#include "installer/event_text.h"
#include "installer/ks_source.h"
#include "installer/net_early.h"

static struct nic_facts nics[] = {
	{ .name = "ens16", .mac = "52:54:00:12:34:10" },
	{ .name = "ens17", .mac = "52:54:00:12:34:11" },
};

static struct facts machine(const char *cmdline)
{
	return (struct facts){
		.cmdline = cmdline, .nics = nics, .n_nics = 2, .serial = "S-1", .uuid = "u-u"
	};
}

static void test_ks_words(void **state)
{
	auto_argv urls = { 0 };

	(void)state;
	ks_source_list(
		"BOOT_IMAGE=/vmlinuz ks=http://a/b inst.ks=nfs:h:/k quiet ks= xks=no ks=file:/ks.cfg\n",
		&urls);
	assert_int_equal(urls.n, 3);
	assert_string_equal(urls.v[0], "http://a/b");
	assert_string_equal(urls.v[1], "nfs:h:/k");
	assert_string_equal(urls.v[2], "file:/ks.cfg");
	assert_true(ks_source_remote(urls.v[1]));
	assert_false(ks_source_remote(urls.v[2]));
}

static void test_url_variables(void **state)
{
	struct facts facts = machine("");
	struct err err = { 0 };
	auto_free char *url = NULL;

	(void)state;
	assert_int_equal(ks_source_expand("http://x/${mac}/${serial}-${uuid}.ks", &facts, &url, &err), 0);
	assert_string_equal(url, "http://x/52:54:00:12:34:10/S-1-u-u.ks");
	free(TAKE(url));
	facts = machine("quiet BOOTIF=01-52-54-00-12-34-11");
	assert_int_equal(ks_source_expand("http://x/${mac}", &facts, &url, &err), 0);
	assert_string_equal(url, "http://x/52:54:00:12:34:11");
	free(TAKE(url));
	assert_int_equal(ks_source_expand("http://x/${what}", &facts, &url, &err), -ERR_INPUT);
	assert_non_null(strstr(err.msg, "${what}"));
	assert_int_equal(err.id, ERR_KS_URL_VALUE);
}

static void test_local_file(void **state)
{
	struct facts facts = machine("");
	struct door door = { 0 };
	struct err err = { 0 };
	auto_buf text = { 0 };

	(void)state;
	assert_int_equal(file_write("/tmp/xenith-ks-test", "lang C\n", 7, 0600, &err), 0);
	assert_int_equal(ks_source_read("file:///tmp/xenith-ks-test", &facts, &door, &text, &err), 0);
	assert_string_equal(buf_str(&text), "lang C\n");
	unlink("/tmp/xenith-ks-test");
	assert_int_equal(ks_source_read("/tmp/xenith-ks-test", &facts, &door, &text, &err), -ERR_SYS);
	assert_int_equal(ks_source_read("hd:sda1", &facts, &door, &text, &err), -ERR_INPUT);
	assert_int_equal(ks_source_read("cdrom:/ks.cfg", &facts, &door, &text, &err), -ERR_MACHINE);
	assert_int_equal(ks_source_read("nfs:127.0.0.1:/none/ks.cfg", &facts, &door, &text, &err),
			 -ERR_FETCH);
}

static void early(const char *cmdline, int want, bool want_static, const char *nic)
{
	struct facts facts = machine(cmdline);
	struct net_plan plan = { 0 };
	struct err err = { 0 };
	bool is_static;

	assert_int_equal(net_early_plan(&facts, &plan, &is_static, &err), want);
	if (want)
		assert_int_equal(err.id, want == -ERR_INPUT ? ERR_NET_IP_WORD : ERR_NET_IP_NIC);
	if (want)
		return;
	assert_int_equal(is_static, want_static);
	if (nic)
		assert_string_equal(plan.install_nic->name, nic);
	else
		assert_null(plan.install_nic);
	arena_clear(&plan.arena);
}

static void test_ip_words(void **state)
{
	(void)state;
	early("quiet", 0, false, NULL);
	early("ip=dhcp", 0, false, NULL);
	early("ip=ens17:dhcp", 0, false, "ens17");
	early("BOOTIF=01-52-54-00-12-34-11", 0, false, "ens17");
	early("BOOTIF=nonsense", 0, false, NULL);
	early("ip=192.0.2.5::192.0.2.1:255.255.255.0:xen1:ens16:none nameserver=192.0.2.9", 0, true, "ens16");
	early("ip=192.0.2.5::192.0.2.1:24::52:54", -ERR_MACHINE, true, NULL);
	early("ip=192.0.2.5::192.0.2.1:255.0.255.0::ens16:none", -ERR_INPUT, true, NULL);
	early("ip=300.0.2.5::192.0.2.1:24::ens16:none", -ERR_INPUT, true, NULL);
	early("ip=192.0.2.5", -ERR_INPUT, true, NULL);
	early("ip=eth9:dhcp", -ERR_MACHINE, false, NULL);
}

/* The plan of bond= and vlan= words, without lines on NICs; or the error; or "none". */
static void stacked(const char *cmdline, const char *want)
{
	struct facts facts = machine(cmdline);
	struct net_plan plan = { 0 };
	struct err err = { 0 };
	auto_argv lines = { 0 };
	auto_buf b = { 0 }, got = { 0 };
	bool ours = false;
	struct ks ks = { 0 };
	int r;

	ks_init(&ks);
	r = net_early_stack(&facts, &ks, &ours, &err);
	if (!r && ours)
		r = net_plan_make_plain(&facts, &ks, &plan, &err);
	if (!r && ours)
		net_plan_print(&plan, &b);
	argv_split(&lines, buf_str(&b), "\n");
	for (size_t i = 0; i < lines.n; i++)
		if (!str_starts(lines.v[i], "network: name NIC") &&
		    !str_starts(lines.v[i], "network: install"))
			buf_addf(&got, "%s\n", lines.v[i] + strlen("network: "));
	assert_string_equal(r ? err.msg : ours ? buf_str(&got) : "none", want);
	net_plan_clear(&plan);
	ks_clear(&ks);
}

static void test_stack_words(void **state)
{
	(void)state;
	stacked("quiet ip=ens16:dhcp", "none");
	stacked("bond=bond0:ens16,ens17:mode=active-backup,miimon=100 vlan=bond0.100:bond0 "
		"ip=192.0.2.5::192.0.2.1:255.255.255.0::bond0.100:none nameserver=192.0.2.9",
		"make bond bond0 over ens16, ens17, mode active-backup, miimon 100, MAC 52:54:00:12:34:10\n"
		"make VLAN bond0.100, number 100 over bond0\n"
		"give bond0.100 192.0.2.5/24, gateway 192.0.2.1, IPv6 auto\n"
		"ask name servers 192.0.2.9\n");
	stacked("vlan=vlan0007:ens17",
		"make VLAN vlan0007, number 7 over ens17\ngive vlan0007 DHCP, IPv6 auto\n"
		"take name servers from DHCP (systemd-resolved)\n");
	stacked("bond=bond0:ens16,ens17::9000 ip=bond0:dhcp",
		"make bond bond0 over ens16, ens17, mode balance-rr, miimon 100, MAC 52:54:00:12:34:10, MTU "
		"9000\n"
		"give bond0 DHCP, IPv6 auto\ntake name servers from DHCP (systemd-resolved)\n");
	stacked("vlan=ens17.5:ens17 ip=ens16:dhcp", "none");
	stacked("bond=bond0:ens16,eth9 ip=dhcp",
		"kernel command line:1: eth9: this machine has no such NIC\nNICs of this machine:\n"
		"  ens16 52:54:00:12:34:10 driver unknown, no link\n  ens17 52:54:00:12:34:11 driver "
		"unknown, no link");
	stacked("bond=bond0", "kernel command line: bond=bond0: wants bond=NAME:NIC,NIC:OPTIONS:MTU");
	stacked("vlan=red:ens16", "kernel command line: vlan=red:ens16: wants vlan=NAME:DEVICE, the name "
				  "with the number at its end");
	stacked("vlan=v5:ens16 ip=192.0.2.5::192.0.2.1",
		"kernel command line: ip=192.0.2.5::192.0.2.1: wants "
		"ip=ADDRESS::GATEWAY:NETMASK:HOSTNAME:DEVICE:none");
}

static void test_event_lines(void **state)
{
	struct log *log = log_new(NULL);
	struct events *events = events_new(log);
	struct err failure = { .code = ERR_FETCH, .msg = "no route, pw=open-sesame" };
	auto_argv lines = { 0 };
	auto_buf b = { 0 };

	(void)state;
	unlink("/tmp/xenith-events-test");
	log_mask(log, "open-sesame");
	events_to_file(events, "/tmp/xenith-events-test");
	events_set_host(events, "xen11");
	event_send(events, "disk", EVENT_START, "wiping \"%s\"", "x");
	event_progress(events, "unpack", 50, 1000, "linux");
	event_progress(events, "unpack", 51, 1001, "too soon for another");
	event_failed(events, "unpack", &failure);
	events_free(events);
	assert_int_equal(file_read("/tmp/xenith-events-test", &b, NULL), 0);
	unlink("/tmp/xenith-events-test");
	assert_null(strstr(buf_str(&b), "open-sesame"));
	argv_split(&lines, buf_str(&b), "\n");
	assert_int_equal(lines.n, 3);
	auto_json *last = json_loads(lines.v[2], 0, NULL);
	assert_non_null(last);
	assert_int_equal(json_integer_value(json_object_get(last, "seq")), 3);
	assert_int_equal(json_integer_value(json_object_get(last, "code")), ERR_FETCH);
	assert_string_equal(json_string_value(json_object_get(last, "error")), "XEN-GEN-005");
	assert_non_null(json_string_value(json_object_get(last, "next")));
	assert_string_equal(json_string_value(json_object_get(last, "state")), "failed");
	assert_string_equal(json_string_value(json_object_get(last, "host")), "xen11");
	assert_non_null(strstr(json_string_value(json_object_get(last, "log")), "wiping"));
	auto_json *progress = json_loads(lines.v[1], 0, NULL);
	assert_int_equal(json_integer_value(json_object_get(progress, "percent")), 50);
	log_free(log);
}

static void test_event_words(void **state)
{
	struct event_pace pace = { 0 };
	auto_buf b = { 0 };

	(void)state;
	event_text(&pace, "facts", "start", 0, 0, "looking at this machine", 1000, &b);
	event_text(&pace, "unpack", "start", 0, 0, "fetching and unpacking packages", 2000, &b);
	event_text(&pace, "unpack", "progress", 10, 2000000, "too soon", 3000, &b);
	event_text(&pace, "unpack", "progress", 50, 20000000, "linux-image-amd64", 12000, &b);
	event_text(&pace, "facts", "warning", 0, 0, "late", 12500, &b);
	event_text(&pace, "report", "done", 0, 0, "saving logs", 13000, &b);
	event_text(&pace, "boot", "failed", 0, 0, "no room", 14000, &b);
	assert_string_equal(buf_str(&b), "[  0%] facts: looking at this machine\n"
					 "[ 15%] unpack: fetching and unpacking packages\n"
					 "[ 35%] unpack: 50 %, 20.0 MB, 2.0 MB/s linux-image-amd64\n"
					 "[ 35%] facts warning: late\n"
					 "[100%] report done: saving logs\n"
					 "[100%] boot failed: no room\n");
	assert_int_equal(event_overall("install", 0), 100);
	assert_int_equal(event_overall("no such step", 50), 0);
}

/* A collector that is out of order for its first answers: 503 twice, then 200. It keeps what it accepted. */
struct flaky {
	int fd;
	unsigned left, refused;
	struct buf taken;
};

static void *flaky_work(void *arg)
{
	static const char no[] = "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
	static const char yes[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
	struct flaky *f = arg;

	while (f->left) {
		int fd = accept4(f->fd, NULL, NULL, SOCK_CLOEXEC);
		const char *answer = f->refused < 2 ? no : yes;
		auto_buf request = { 0 };
		char data[4096];
		ssize_t n;

		while (!strstr(buf_str(&request), "\"message\":") && (n = read(fd, data, sizeof(data))) > 0)
			buf_add(&request, data, (size_t)n);
		if (f->refused >= 2) {
			const char *message = strstr(buf_str(&request), "\"message\":");

			buf_adds(&f->taken, message ? message : "?");
			f->left--;
		} else {
			f->refused++;
		}
		if (write(fd, answer, strlen(answer)) < 0)
			f->left = 0;
		close(fd);
	}
	return NULL;
}

static void test_flaky_collector_gets_all_in_order(void **state)
{
	struct sockaddr_in any = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(any);
	struct flaky f = { .fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), .left = 2 };
	struct log *log = log_new(NULL);
	struct events *events = events_new(log);
	auto_free char *url = NULL;
	pthread_t thread;

	(void)state;
	assert_int_equal(bind(f.fd, (struct sockaddr *)&any, sizeof(any)), 0);
	assert_int_equal(listen(f.fd, 8), 0);
	assert_int_equal(getsockname(f.fd, (struct sockaddr *)&any, &len), 0);
	assert_int_equal(pthread_create(&thread, NULL, flaky_work, &f), 0);
	url = xasprintf("http://127.0.0.1:%u/events", ntohs(any.sin_port));
	events_to_url(events, url, NULL);
	event_send(events, "disk", EVENT_START, "one");
	event_send(events, "disk", EVENT_DONE, "two");
	assert_int_equal(pthread_join(thread, NULL), 0);
	events_free(events);
	log_free(log);
	close(f.fd);
	assert_int_equal(f.refused, 2);
	assert_string_equal(buf_str(&f.taken), "\"message\":\"one\"}\"message\":\"two\"}");
	buf_clear(&f.taken);
}

static void test_dead_collector_holds_nothing_up(void **state)
{
	struct log *log = log_new(NULL);
	struct events *events = events_new(log);
	auto_buf tail = { 0 };

	(void)state;
	events_to_url(events, "http://127.0.0.1:1/events", NULL);
	events_to_syslog(events, "127.0.0.1:1");
	for (int i = 0; i < 20; i++)
		event_send(events, "facts", EVENT_START, "number %d", i);
	events_free(events);
	log_tail(log, 400, &tail);
	assert_non_null(strstr(buf_str(&tail), "cannot post an event"));
	log_free(log);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ks_words),
		cmocka_unit_test(test_url_variables),
		cmocka_unit_test(test_local_file),
		cmocka_unit_test(test_ip_words),
		cmocka_unit_test(test_stack_words),
		cmocka_unit_test(test_event_lines),
		cmocka_unit_test(test_event_words),
		cmocka_unit_test(test_flaky_collector_gets_all_in_order),
		cmocka_unit_test(test_dead_collector_holds_nothing_up),
	};

	return cmocka_run_group_tests_name("install-input", tests, NULL, NULL);
}
