/* Network plans of captured machines from kickstart text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/util.h"
#include "netbridge/netbridge.h"

/* The printed plan, or the error. */
static void plan_of(const char *machine, const char *text, struct buf *b)
{
	struct ks_diags diags = { 0 };
	struct ks_parse_opts opts = { 0 };
	struct net_plan plan = { 0 };
	struct facts facts = { 0 };
	struct ks ks = { 0 };
	struct err err = { 0 };
	int r = facts_read(machine, &facts, &err);

	if (!r)
		r = ks_parse("host.ks", text, strlen(text), &opts, &ks, &diags, &err);
	if (!r)
		r = net_plan_make(&facts, &ks, &plan, &err);
	if (r)
		buf_addf(b, "%d: %s", r, err.msg);
	else
		net_plan_print(&plan, b);
	net_plan_clear(&plan);
	facts_clear(&facts);
	ks_clear(&ks);
	ks_diags_clear(&diags);
}

static void is(const char *machine, const char *text, const char *want)
{
	auto_buf b = { 0 };

	plan_of(machine, text, &b);
	assert_string_equal(buf_str(&b), want);
}

static void two_bridges(void **state)
{
	(void)state;
	is("tests/facts/qemu-bios",
	   "network --device=xenbr0 --bridgeslaves=52:54:00:12:34:10 --bootproto=static --ip=10.0.2.15 "
	   "--netmask=255.255.255.0 --gateway=10.0.2.2 --nameserver=10.0.2.3 --hostname=xen1.example.org\n"
	   "network --device=xenbr1 --bridgeslaves=52:54:00:12:34:11 --bootproto=none --onboot=yes\n",
	   "network: name the host xen1.example.org\n"
	   "network: name NIC 52:54:00:12:34:10 (e1000, 0000:00:10.0) ens16\n"
	   "network: make bridge xenbr0 over ens16, MAC 52:54:00:12:34:10, STP off\n"
	   "network: give xenbr0 10.0.2.15/24, gateway 10.0.2.2, IPv6 auto\n"
	   "network: name NIC 52:54:00:12:34:11 (e1000, 0000:00:11.0) ens17\n"
	   "network: make bridge xenbr1 over ens17, MAC 52:54:00:12:34:11, STP off\n"
	   "network: give xenbr1 no address\n"
	   "network: ask name servers 10.0.2.3\n"
	   "network: put guests on xenbr1 by default (/etc/xen/xl.conf)\n"
	   "network: install through NIC 52:54:00:12:34:10, 10.0.2.15/24, gateway 10.0.2.2, IPv6 auto\n");
}

static void refused(void **state)
{
	(void)state;
	is("tests/facts/qemu-bios", "network --device=xenbr0 --bridgeslaves=eno1 --bootproto=dhcp\n",
	   "-4: host.ks:1: eno1: this machine has no such NIC\n"
	   "NICs of this machine:\n"
	   "  ens16 52:54:00:12:34:10 driver e1000, PCI 0000:00:10.0, link\n"
	   "  ens17 52:54:00:12:34:11 driver e1000, PCI 0000:00:11.0, link");
}

static void plain_line(void **state)
{
	(void)state;
	is("tests/facts/hp-gen8", "network --device=link --bootproto=dhcp --noipv6 --hostname=xen2\n",
	   "network: name the host xen2\n"
	   "network: name NIC 02:00:5e:20:00:01 (tg3, 0000:03:00.0) eno1\n"
	   "network: make bridge xenbr0 over eno1, MAC 02:00:5e:20:00:01, STP off\n"
	   "network: give xenbr0 DHCP, no IPv6\n"
	   "network: take name servers from DHCP (systemd-resolved)\n"
	   "network: put guests on xenbr0 by default (/etc/xen/xl.conf)\n"
	   "network: install through NIC 02:00:5e:20:00:01, DHCP, no IPv6\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_bridges),
		cmocka_unit_test(refused),
		cmocka_unit_test(plain_line),
	};

	return cmocka_run_group_tests_name("net_ks", tests, NULL, NULL);
}
