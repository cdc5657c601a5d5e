/* The host file of kickstart(5): parsed into struct ks, printed, parsed again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/util.h"
#include "kickstart/ks.h"

static const char host[] =
	"url --url=http://mirror.example.org/debian/dists/trixie\n"
	"repo --name=security --baseurl=http://mirror.example.org/debian-security/dists/trixie-security\n"
	"lang en_US.UTF-8\n"
	"keyboard es\n"
	"timezone --utc Atlantic/Canary --ntpservers=ntp1.example.org\n"
	"rootpw --iscrypted $y$j9T$salt$hash\n"
	"sshkey --username=root \"ssh-ed25519 AAAA admin\"\n"
	"network --device=xenbr0 --bridgeslaves=eno1 --bootproto=static --ip=192.0.2.11 "
	"--netmask=255.255.255.0 "
	"--gateway=192.0.2.1 --nameserver=192.0.2.53 --hostname=xen11\n"
	"network --device=xenbr1 --bridgeslaves=eno2 --bootproto=none --onboot=yes\n"
	"ignoredisk --only-use=disk/by-id/wwn-0x5000c500a1b2c3d4\n"
	"zerombr\n"
	"clearpart --all --initlabel\n"
	"reqpart --add-boot\n"
	"part pv.1 --size=1 --grow\n"
	"volgroup vg0 pv.1\n"
	"logvol / --vgname=vg0 --name=root --size=8192 --fstype=ext4\n"
	"%packages\n@xen\nchrony\n-nano\n%end\n"
	"%addon xenith\n"
	"virt --require=hvm # off | warn\n"
	"xen --dom0-mem=2048M --dom0-vcpus=2 --console=auto\n"
	"lun --wwid=360050768019081acf800000000000230 --min-paths=4 --vg=VG-SAN-0\n"
	"report --url=https://collector.example.org/events --syslog=192.0.2.9\n"
	"guard --reinstall=deny\n"
	"retry --times=3 --delay=5\n"
	"%end\n"
	"%post --erroronfail\necho '# kept'\n%end\n"
	"reboot --eject\n";

static void test_values(void **state)
{
	struct ks_diags diags = { 0 };
	struct err err = { 0 };
	struct ks ks;

	(void)state;
	assert_int_equal(ks_parse("host.ks", host, strlen(host), NULL, &ks, &diags, &err), 0);
	assert_string_equal(ks.url.url, "http://mirror.example.org/debian/dists/trixie");
	assert_int_equal(ks.n_repos, 1);
	assert_int_equal(ks.repos[0].cost, -1);
	assert_true(ks.timezone.utc);
	assert_string_equal(ks.timezone.timezone, "Atlantic/Canary");
	assert_string_equal(ks.timezone.ntpservers.v[0], "ntp1.example.org");
	assert_true(ks.rootpw.iscrypted);
	assert_string_equal(ks.sshkeys[0].key, "ssh-ed25519 AAAA admin");
	assert_int_equal(ks.n_networks, 2);
	assert_string_equal(ks.networks[0].bridgeslaves.v[0], "eno1");
	assert_string_equal(ks.networks[1].bootproto, "none");
	assert_int_equal(ks.networks[1].at.line, 9);
	assert_true(KS_SAID(ks.zerombr));
	assert_true(ks.clearpart.all && ks.clearpart.initlabel);
	assert_true(ks.reqpart.add_boot);
	assert_int_equal(ks.parts[0].size_mib, 1);
	assert_int_equal(ks.parts[0].maxsize_mib, -1);
	assert_string_equal(ks.volgroups[0].pvs.v[0], "pv.1");
	assert_int_equal(ks.logvols[0].size_mib, 8192);
	assert_string_equal(ks.packages.groups.v[0], "xen");
	assert_string_equal(ks.packages.packages.v[0], "chrony");
	assert_string_equal(ks.packages.excluded.v[0], "nano");
	assert_string_equal(ks.virt.require, "hvm");
	assert_string_equal(ks.xen.dom0_mem, "2048M");
	assert_int_equal(ks.xen.dom0_vcpus, 2);
	assert_int_equal(ks.luns[0].min_paths, 4);
	assert_string_equal(ks.report.syslog, "192.0.2.9");
	assert_string_equal(ks.guard.reinstall, "deny");
	assert_int_equal(ks.retry.times, 3);
	assert_int_equal(ks.retry.delay_s, 5);
	assert_int_equal(ks.n_scripts, 1);
	assert_int_equal(ks.scripts[0].type, KS_POST);
	assert_true(ks.scripts[0].erroronfail);
	assert_string_equal(ks.scripts[0].body, "echo '# kept'\n");
	assert_int_equal(ks.reboot.how, KS_END_REBOOT);
	assert_true(ks.reboot.eject);
	assert_int_equal(ks.bootloader.timeout, -1);
	ks_diags_clear(&diags);
	ks_check_install(&ks, &diags);
	assert_int_equal(diags.n, 0);
	ks_clear(&ks);
	ks_diags_clear(&diags);
}

static void test_print_stable(void **state)
{
	struct ks_diags diags = { 0 };
	auto_buf first = { 0 }, second = { 0 };
	struct err err = { 0 };
	struct ks ks;

	(void)state;
	assert_int_equal(ks_parse("host.ks", host, strlen(host), NULL, &ks, &diags, &err), 0);
	ks_print(&ks, false, &first);
	ks_clear(&ks);
	assert_int_equal(ks_parse("host.ks", first.data, first.len, NULL, &ks, &diags, &err), 0);
	ks_print(&ks, false, &second);
	assert_string_equal(buf_str(&first), buf_str(&second));
	ks_clear(&ks);
	ks_diags_clear(&diags);
}

static void add_secret(void *arg, const char *secret)
{
	buf_addf(arg, "%s\n", secret);
}

static void test_secrets(void **state)
{
	static const char text[] =
		"rootpw topsecret\n"
		"user --name=u --password=hidden\n"
		"url --url=http://x:y@mirror.example.org/d --proxy=http://p:q@proxy.example.org:1\n"
		"%addon xenith\nguard --reinstall=allow-token=abc\n%end\n";
	struct ks_diags diags = { 0 };
	auto_buf all = { 0 }, masked = { 0 };
	struct err err = { 0 };
	struct ks ks;

	(void)state;
	assert_int_equal(ks_parse("s.ks", text, strlen(text), NULL, &ks, &diags, &err), 0);
	ks_secrets(&ks, add_secret, &all);
	assert_string_equal(buf_str(&all), "y\nq\ntopsecret\nhidden\nabc\n");
	ks_print(&ks, true, &masked);
	assert_null(strstr(masked.data, "topsecret"));
	assert_null(strstr(masked.data, "hidden"));
	assert_null(strstr(masked.data, "abc"));
	assert_non_null(strstr(masked.data, "http://x:***@mirror.example.org/d"));
	ks_clear(&ks);
	ks_diags_clear(&diags);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_print_stable),
		cmocka_unit_test(test_secrets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
