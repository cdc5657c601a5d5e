/* LLDP frames as switches send them, and as nobody should; then lldpd at the other end of a wire. */
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <pty.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <cmocka.h>

#include "installer/dialog/question.h"
#include "netbridge/nics.h"
#include "tests/unit/netns.h"

#define HEADER "0180c200000e02005e53000188cc"
#define BEGIN                   \
	HEADER "020704"         \
	       "02005e530001"   \
	       "040805"         \
	       "4769312f302f33" \
	       "06020078"
#define TAGGED                     \
	"0180c200000e02005e530001" \
	"81000005"                 \
	"88cc"

static const struct {
	const char *what, *frame, *text; /* text NULL: no LLDP frame */
} frames[] = {
	{ "a frame of a switch, with all that matters",
	  BEGIN "080c75706c696e6b2078656e3131"
		"0a0f7377312e6578616d706c652e6f7267"
		"0c0f4578616d706c65204f530a31352e32"
		"0e0400140004"
		"100c0501c0000202020000000100"
		"fe060080c201000a"
		"fe0a0080c203001403776562"
		"fe0b0080c203000a046d676d74"
		"fe0900120f030300000001"
		"fe0600120f042400"
		"0000",
	  "switch sw1.example.org, port Gi1/0/3 (uplink xen11), untagged VLAN 10, VLANs 20, in an "
	  "aggregation group, "
	  "address 192.0.2.2" },
	{ "the least", BEGIN "0000", "switch 02:00:5e:53:00:01, port Gi1/0/3" },
	{ "without its end", BEGIN, "switch 02:00:5e:53:00:01, port Gi1/0/3" },
	{ "with the padding of a short frame",
	  BEGIN "0000"
		"ffffffffffff",
	  "switch 02:00:5e:53:00:01, port Gi1/0/3" },
	{ "with a tag",
	  TAGGED "020704"
		 "02005e530001"
		 "040805"
		 "4769312f302f33"
		 "06020078"
		 "0000",
	  "switch 02:00:5e:53:00:01, port Gi1/0/3" },
	{ "a port that is a MAC",
	  HEADER "020704"
		 "02005e530001"
		 "040703"
		 "02005e530002"
		 "06020078"
		 "0000",
	  "switch 02:00:5e:53:00:01, port 02:00:5e:53:00:02" },
	{ "a chassis that is an address",
	  HEADER "02060501c0000201"
		 "04020761"
		 "06020078"
		 "0000",
	  "switch 192.0.2.1, port a" },
	{ "IPv6 for its management",
	  BEGIN "1018110220010db8000000000000000000000001020000000100"
		"0000",
	  "switch 02:00:5e:53:00:01, port Gi1/0/3, address 2001:db8::1" },
	{ "802.1's aggregation",
	  BEGIN "fe090080c2070300000001"
		"0000",
	  "switch 02:00:5e:53:00:01, port Gi1/0/3, in an aggregation group" },
	{ "able to aggregate, but not now",
	  BEGIN "fe090080c2070100000001"
		"0000",
	  "switch 02:00:5e:53:00:01, port Gi1/0/3" },
	{ "letters that a terminal would obey",
	  BEGIN "0a051b5b326d41"
		"0000",
	  "switch ?[2mA, port Gi1/0/3" },
	{ "a name of blanks alone",
	  BEGIN "0a022020"
		"0000",
	  "switch 02:00:5e:53:00:01, port Gi1/0/3" },
	{ "an address length that lies",
	  BEGIN "1003ff0102"
		"0000",
	  "switch 02:00:5e:53:00:01, port Gi1/0/3" },
	{ "an organization without a word",
	  BEGIN "fe030080c2"
		"fe040080c201"
		"0000",
	  "switch 02:00:5e:53:00:01, port Gi1/0/3" },
	{ "VLAN 4095, which is none",
	  BEGIN "fe060080c2010fff"
		"0000",
	  "switch 02:00:5e:53:00:01, port Gi1/0/3" },
	{ "nothing", "", NULL },
	{ "a header", HEADER, NULL },
	{ "another protocol",
	  "0180c200000e02005e5300010800"
	  "020704"
	  "02005e530001"
	  "04020761"
	  "06020078",
	  NULL },
	{ "no chassis",
	  HEADER "04020761"
		 "06020078"
		 "0000",
	  NULL },
	{ "the port first",
	  HEADER "04020761"
		 "020704"
		 "02005e530001"
		 "06020078"
		 "0000",
	  NULL },
	{ "no time to live",
	  HEADER "020704"
		 "02005e530001"
		 "04020761"
		 "0000",
	  NULL },
	{ "a chassis without an id",
	  HEADER "020104"
		 "04020761"
		 "06020078"
		 "0000",
	  NULL },
	{ "a second chassis",
	  BEGIN "020704"
		"02005e530002"
		"0000",
	  NULL },
	{ "a TLV longer than the frame", BEGIN "0aff41", NULL },
	{ "half a TLV header", BEGIN "0a", NULL },
};

static size_t bytes_of(const char *hex, uint8_t *ret)
{
	size_t n = strlen(hex) / 2;

	for (size_t i = 0; i < n; i++)
		sscanf(hex + 2 * i, "%2hhx", &ret[i]);
	return n;
}

static void parsed(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(frames); i++) {
		uint8_t data[LLDP_FRAME_MAX];
		size_t n = bytes_of(frames[i].frame, data);
		uint8_t *frame = memcpy(xmalloc(n ? n : 1), data, n); /* its end is the end of its memory */
		struct net_lldp lldp = { 0 };
		struct arena a = { 0 };
		auto_buf text = { 0 };

		if (net_lldp_parse(frame, n, &a, &lldp))
			net_lldp_print(&lldp, &text);
		else
			buf_adds(&text, "none");
		if (!str_eq(buf_str(&text), frames[i].text ? frames[i].text : "none"))
			fail_msg("%s: %s", frames[i].what, buf_str(&text));
		arena_clear(&a);
		free(frame);
	}
}

static void fields(void **state)
{
	uint8_t data[LLDP_FRAME_MAX];
	size_t n = bytes_of(frames[0].frame, data);
	struct net_lldp l = { 0 };
	struct arena a = { 0 };

	(void)state;
	assert_true(net_lldp_parse(data, n, &a, &l));
	assert_string_equal(l.chassis, "02:00:5e:53:00:01");
	assert_string_equal(l.name_text, "Example OS 15.2");
	assert_int_equal(l.ttl_s, 120);
	assert_int_equal(l.pvid, 10);
	assert_int_equal(l.n_vlans, 2);
	assert_int_equal(l.max_frame, 9216);
	for (size_t cut = 0; cut < n - 2; cut++) { /* wherever it is cut, nothing behind it is read */
		uint8_t *frame = memcpy(xmalloc(cut ? cut : 1), data, cut);

		net_lldp_parse(frame, cut, &a, &l);
		free(frame);
	}
	arena_clear(&a);
}

static struct nic_facts nics[] = {
	{ .name = "eno1", .mac = "52:54:00:12:34:10", .driver = "igb", .carrier = true, .speed_mbit = 1000 },
	{ .name = "eno12399np0",
	  .mac = "52:54:00:12:34:11",
	  .driver = "bnxt_en",
	  .carrier = true,
	  .speed_mbit = 25000 },
	{ .name = "eno3", .mac = "52:54:00:12:34:12" },
};
static const struct facts facts = { .nics = nics, .n_nics = ARRAY_SIZE(nics) };

static int plug(void **state)
{
	auto_free char *move = xasprintf("ip link set gw netns %s", peer_text);

	(void)state;
	sh(false, NULL, "ip link add eno1 address 52:54:00:12:34:10 type veth peer name gw");
	sh(false, NULL, "ip link add eno12399np0 type veth peer name gw2");
	sh(false, NULL, move);
	sh(true, NULL, "ip link set gw up");
	sh(false, NULL, "ip link set gw2 up");
	return 0;
}

static int unplug(void **state)
{
	(void)state;
	sh(false, NULL, "ip link del eno1");
	sh(false, NULL, "ip link del eno12399np0");
	return 0;
}

/* lldpd's lines in this machine's /etc/passwd and /etc/group: its lldpcli runs as the owner of its file. */
static char passwd_line[256], group_line[256];

static void keep_line(const char *file, char *ret, size_t size)
{
	auto_argv lines = { 0 };
	auto_buf text = { 0 };

	file_read(file, &text, NULL);
	argv_split(&lines, buf_str(&text), "\n");
	for (size_t i = 0; i < lines.n; i++)
		if (str_starts(lines.v[i], "_lldpd:"))
			snprintf(ret, size, "%s\n", lines.v[i]);
}

/* A real sender; it speaks as soon as it sees its port. */
static pid_t start_lldpd(void)
{
	auto_free char *hosts = NULL;
	char name[65] = "";
	pid_t pid;

	file_mkdirs("/run/lldpd", 0755, NULL);
	file_append("/etc/passwd", passwd_line, strlen(passwd_line), 0644, NULL);
	file_append("/etc/group", group_line, strlen(group_line), 0644, NULL);
	gethostname(name, sizeof(name) - 1); /* it wants to know its full name */
	hosts = xasprintf("127.0.0.1 localhost %s\n", name);
	file_write("/etc/hosts", hosts, strlen(hosts), 0644, NULL);
	pid = fork();
	if (pid == 0) {
		execlp("nsenter", "nsenter", "-n", "-t", peer_text, "lldpd", "-d", "-I", "gw", "-C", "gw",
		       "-S", "Example OS", "-P", "linux", "-u", "/run/lldpd.socket", NULL);
		_exit(127);
	}
	return pid;
}

static void heard(void **state)
{
	struct net_lldp_listener *l = net_lldp_open(&facts);
	const struct net_lldp *lldp;
	pid_t pid = start_lldpd();
	auto_buf b = { 0 };
	auto_json *j = NULL;

	(void)state;
	for (int i = 0; i < 60 && !net_lldp_of(l, "eno1"); i++)
		net_lldp_read(l, 1);
	lldp = net_lldp_of(l, "eno1");
	assert_non_null(lldp);
	assert_non_null(lldp->chassis);
	assert_string_equal(lldp->name_text, "Example OS");
	assert_int_not_equal(lldp->ttl_s, 0);
	assert_null(net_lldp_of(l, "eno12399np0"));
	net_nics_print(&facts, l, &b);
	assert_non_null(strstr(buf_str(&b), "eno1         52:54:00:12:34:10  igb      1 Gbit/s    switch "));
	assert_non_null(strstr(buf_str(&b), "eno12399np0  52:54:00:12:34:11  bnxt_en  25 Gbit/s   -\n"));
	assert_non_null(strstr(buf_str(&b), "eno3         52:54:00:12:34:12  -        no link     -\n"));
	j = net_nics_json(&facts, l);
	assert_string_equal(json_string_value(json_object_get(json_object_get(json_array_get(j, 0), "lldp"),
							      "description")),
			    "Example OS");
	stop(pid); /* it says good-bye: time to live 0 */
	for (int i = 0; i < 30 && net_lldp_of(l, "eno1"); i++)
		net_lldp_read(l, 1);
	assert_null(net_lldp_of(l, "eno1"));
	net_lldp_close(l);
}

static void speak(const char *dev)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET,
				  .sll_ifindex = (int)if_nametoindex(dev),
				  .sll_halen = 6 };
	auto_close int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	uint8_t data[LLDP_FRAME_MAX];
	size_t n = bytes_of(frames[0].frame, data);

	assert_int_equal(sendto(fd, data, n, 0, (struct sockaddr *)&to, sizeof(to)), n);
}

/* As when it joins a bond or leaves one: what came before that counts, and so does what comes behind it. */
static void heard_around_a_pause(void **state)
{
	(void)state;
	for (int before = 0; before < 2; before++) {
		struct net_lldp_listener *l = net_lldp_open(&facts);

		if (before)
			speak("gw2");
		sh(false, NULL, "ip link set eno12399np0 down");
		sh(false, NULL, "ip link set eno12399np0 up");
		/* A link that just came up may swallow frames for a while. */
		for (int i = 0; i < 100 && !before && !net_lldp_of(l, "eno12399np0"); i++) {
			speak("gw2");
			net_lldp_read(l, 1);
			usleep(50 * 1000);
		}
		net_lldp_read(l, 0);
		assert_non_null(net_lldp_of(l, "eno12399np0"));
		net_lldp_close(l);
	}
}

/* The dialog's question, at a terminal of 80 by 24. */
static void asked(const struct net_lldp_listener *l)
{
	struct dialog_opts opts = { .facts = &facts,
				    .root = "/nonexistent",
				    .lldp = (struct net_lldp_listener *)l };
	struct dialog *d = dialog_new(&opts);
	struct err err = { 0 };

	setenv("TERM", "vt100", 1);
	if (!ui_open("test", &err))
		question_management.ask(d);
	_exit(0);
}

static void seen_in_the_dialog(void **state)
{
	struct net_lldp_listener *l = net_lldp_open(&facts);
	struct winsize size = { .ws_row = 24, .ws_col = 80 };
	auto_buf seen = { 0 };
	time_t end = time(NULL) + 60;
	pid_t pid;
	int fd;

	(void)state;
	for (int i = 0; i < 100 && !net_lldp_of(l, "eno12399np0"); i++) {
		speak("gw2");
		net_lldp_read(l, 1);
	}
	pid = forkpty(&fd, NULL, NULL, &size);
	assert_true(pid >= 0);
	if (pid == 0)
		asked(l);
	while (!strstr(buf_str(&seen), "bnxt_en, 25 Gb/s, sw1 Gi1/0/3") && time(NULL) < end) {
		struct pollfd p = { fd, POLLIN, 0 };
		char data[512];
		ssize_t n = poll(&p, 1, 1000) > 0 ? read(fd, data, sizeof(data)) : 0;

		for (ssize_t i = 0; i < n; i++) /* what is padding on a real vt100 */
			if (data[i])
				buf_addc(&seen, data[i]);
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	close(fd);
	net_lldp_close(l);
	if (!strstr(buf_str(&seen), "bnxt_en, 25 Gb/s, sw1 Gi1/0/3"))
		fail_msg("%s", buf_str(&seen));
}

int main(void)
{
	const struct CMUnitTest pure[] = { cmocka_unit_test(parsed), cmocka_unit_test(fields) };
	const struct CMUnitTest live[] = { cmocka_unit_test_setup_teardown(heard, plug, unplug),
					   cmocka_unit_test_setup_teardown(seen_in_the_dialog, plug, unplug),
					   cmocka_unit_test_setup_teardown(heard_around_a_pause, plug,
									   unplug) };
	int r = cmocka_run_group_tests(pure, NULL, NULL);
	const char *why;

	keep_line("/etc/passwd", passwd_line, sizeof(passwd_line));
	keep_line("/etc/group", group_line, sizeof(group_line));
	why = go_private();

	if (!why && mount("sysfs", "/sys", "sysfs", MS_RDONLY, NULL))
		why = "cannot mount this namespace's /sys";
	if (why) {
		printf("ok 1 - heard # SKIP %s\n", why);
		return r;
	}
	return r | cmocka_run_group_tests(live, NULL, NULL);
}
