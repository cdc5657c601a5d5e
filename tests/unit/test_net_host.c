/* What an installed host carries: its network's lines give the same plan again; its files. */
#include <glob.h>
#include <sys/stat.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/file.h"
#include "base/util.h"
#include "netbridge/host.h"
#include "tests/unit/netplan.h"
#include "tests/unit/systemd.h"

/* The text between the lines "@net" and the next "@"; NULL: no such section. */
static char *section(const char *text, const char *name, char *arg, size_t size)
{
	auto_free char *begin = xasprintf("@%s", name);
	const char *at = strstr(text, begin), *line = at ? strchr(at, '\n') : NULL, *end;

	if (!line)
		return NULL;
	snprintf(arg, size, "%.*s", (int)(line - at - (long)strlen(begin)), at + strlen(begin));
	end = strstr(line, "\n@");
	return xstrndup(line + 1, end ? (size_t)(end - line) : strlen(line + 1));
}

/* Each case that plans. */
static void same_plan_again(void **state)
{
	unsigned n = 0;
	glob_t cases;

	(void)state;
	assert_int_equal(glob("tests/cases/net/*.case", 0, NULL, &cases), 0);
	for (size_t i = 0; i < cases.gl_pathc; i++) {
		struct planned first = { 0 }, again = { 0 };
		struct facts facts = { 0 };
		auto_buf text = { 0 }, lines = { 0 }, one = { 0 }, two = { 0 };
		char machine[64] = "", arg[64];
		auto_free char *net = NULL, *none = NULL, *folder = NULL;
		struct err err = { 0 };

		assert_int_equal(file_read(cases.gl_pathv[i], &text, NULL), 0);
		net = section(buf_str(&text), "net", arg, sizeof(arg));
		none = section(buf_str(&text), "facts", machine, sizeof(machine));
		folder = xasprintf("tests/facts/%s", machine + strspn(machine, " "));
		assert_non_null(net);
		assert_int_equal(facts_read_ports(folder, &facts, &err), 0);
		if (!plan_try(&facts, net, &first, &err)) {
			net_host_lines(&first.plan, &facts, &first.ks, &lines);
			if (plan_try(&facts, buf_str(&lines), &again, &err))
				fail_msg("%s: its own lines are refused:\n%s", cases.gl_pathv[i],
					 buf_str(&lines));
			net_plan_print(&first.plan, &one);
			net_plan_print(&again.plan, &two);
			net_plan_files(&first.plan, &one);
			net_plan_files(&again.plan, &two);
			assert_string_equal(buf_str(&one), buf_str(&two));
			n++;
		}
		plan_clear(&first);
		plan_clear(&again);
		facts_clear(&facts);
	}
	globfree(&cases);
	assert_true(n > 50);
}

static struct nic_facts nics[] = {
	{ .name = "eno1", .mac = "52:54:00:12:34:10", .pci = "0000:03:00.0", .carrier = true },
	{ .name = "eno2", .mac = "52:54:00:12:34:11", .pci = "0000:03:00.1" },
};
static const struct facts facts2 = { .nics = nics, .n_nics = ARRAY_SIZE(nics) };

/* By MAC, whatever they were named by; and no other line, least of all one with a password. */
static void lines_name_macs(void **state)
{
	struct planned p = { 0 };
	auto_buf b = { 0 };

	(void)state;
	plan_of(&facts2,
		"rootpw --plaintext secret\n"
		"network --device=link --bootproto=dhcp --hostname=xen1\n"
		"network --device=xenbr1 --bridgeslaves=0000:03:00.1 --bootproto=none\n"
		"%addon xenith\naddress --device=eno1 --ip=192.0.2.9/24\n%end\n",
		&p);
	net_host_lines(&p.plan, &facts2, &p.ks, &b);
	assert_non_null(strstr(buf_str(&b), "network --device=52:54:00:12:34:10 --bootproto=dhcp"));
	assert_non_null(strstr(buf_str(&b), "--bridgeslaves=52:54:00:12:34:11"));
	assert_null(strstr(buf_str(&b), "secret"));
	assert_null(strstr(buf_str(&b), "rootpw"));
	assert_non_null(strstr(buf_str(&b), "address --device=52:54:00:12:34:10 --ip=192.0.2.9/24"));
	plan_clear(&p);
}

static void files(void **state)
{
	char root[] = "/tmp/xenith-host-XXXXXX";
	struct planned p = { 0 };
	struct door door = { 0 };
	struct err err = { 0 };
	auto_free char *lines = NULL, *wanted = NULL;
	auto_buf text = { 0 }, unit = { 0 };

	(void)state;
	assert_non_null(mkdtemp(root));
	plan_of(&facts2, "", &p); /* no lines at all: DHCP on the NIC with the link */
	assert_int_equal(net_host_files(&p.plan, &facts2, &p.ks, root, &door, &err), 0);
	lines = path_join(root, NET_HOST_KS);
	wanted = path_join(root, "/etc/systemd/system/multi-user.target.wants/xenith-net-boot.service");
	assert_int_equal(file_read(wanted, &unit, NULL), 0); /* the link leads to the unit */
	assert_non_null(
		strstr(buf_str(&unit), "ExecStart=/usr/sbin/xenith bridge boot --ks " NET_HOST_KS "\n"));
	assert_int_equal(file_read(lines, &text, NULL), 0);
	assert_non_null(strstr(buf_str(&text), "network --device=52:54:00:12:34:10 --bootproto=dhcp\n"));
	plan_clear(&p);
	file_remove_tree(root, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_plan_again),
		cmocka_unit_test(lines_name_macs),
		cmocka_unit_test(files),
	};
	return cmocka_run_group_tests_name("net_host", tests, NULL, NULL);
}
