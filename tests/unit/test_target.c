/* installer/target: accounts, settings and scripts, by a recording door; real hashing; real scripts below a
 * folder. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <crypt.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/util.h"
#include "installer/target/settings.h"
#include "installer/target/target.h"

#define CANARY "canary-Xy7-secret"
#define HASH   "$6$saltsalt$canaryhashcanaryhashcanaryhash"

static const char *groups_v[] = { "wheel", "ops(5002)", NULL };
static const char *servers_v[] = { "ntp1.example.org", NULL };
static const char *enabled_v[] = { "sshd", NULL };
static const char *disabled_v[] = { "multipathd", NULL };

static struct ks_user user = {
	.at = { .file = "t.ks", .line = 7 },
	.name = "ana",
	.password = CANARY,
	.groups = { groups_v, 2 },
	.uid = -1,
	.gid = -1,
};
static struct ks_sshkey key = { .at = { .file = "t.ks", .line = 8 },
				.username = "root",
				.key = "ssh-ed25519 AAAA admin" };

static struct ks example(void)
{
	struct ks ks = { 0 };

	ks.rootpw = (struct ks_rootpw){ .at = { .line = 6 }, .password = HASH, .iscrypted = true };
	ks.users = &user;
	ks.n_users = 1;
	ks.sshkeys = &key;
	ks.n_sshkeys = 1;
	ks.lang = (struct ks_lang){ .at = { .file = "t.ks", .line = 1 }, .lang = "es_ES" };
	ks.keyboard = (struct ks_keyboard){ .at = { .line = 2 }, .keymap = "uk" };
	ks.timezone = (struct ks_timezone){ .at = { .file = "t.ks", .line = 3 },
					    .timezone = "Atlantic/Canary",
					    .ntpservers = { servers_v, 1 } };
	ks.services = (struct ks_services){ .at = { .file = "t.ks", .line = 4 },
					    .enabled = { enabled_v, 1 },
					    .disabled = { disabled_v, 1 } };
	return ks;
}

static void record_apply(void **state)
{
	struct ks ks = example();
	struct facts facts = { 0 };
	auto_buf record = { 0 };
	struct door door = { .record = &record };
	struct err err = { 0 };

	(void)state;
	assert_int_equal(target_apply(&facts, &ks, "/nonexistent/root", &door, &err), 0);
	assert_string_equal(buf_str(&record),
			    "write /nonexistent/root/etc/machine-id (33 bytes, 0444)\n"
			    "run in /nonexistent/root: groupadd sudo\n"
			    "run in /nonexistent/root: groupadd -g 5002 ops\n"
			    "run in /nonexistent/root: useradd -m -s /bin/bash -G sudo,ops ana\n"
			    "run in /nonexistent/root: chpasswd -e\n"
			    "mkdir /nonexistent/root/root/.ssh (0700)\n"
			    "write /nonexistent/root/root/.ssh/authorized_keys (23 bytes, 0600)\n"
			    "run in /nonexistent/root: chown -R root: /root/.ssh\n"
			    "write /nonexistent/root/etc/locale.gen (18 bytes, 0644)\n"
			    "run in /nonexistent/root: locale-gen --keep-existing\n"
			    "write /nonexistent/root/etc/locale.conf (17 bytes, 0644)\n"
			    "symlink /nonexistent/root/etc/default/locale -> ../locale.conf\n"
			    "write /nonexistent/root/etc/default/keyboard (92 bytes, 0644)\n"
			    "check that /nonexistent/root/usr/share/zoneinfo/Atlantic/Canary exists\n"
			    "symlink /nonexistent/root/etc/localtime -> /usr/share/zoneinfo/Atlantic/Canary\n"
			    "write /nonexistent/root/etc/timezone (16 bytes, 0644)\n"
			    "write /nonexistent/root/etc/adjtime (18 bytes, 0644)\n"
			    "write /nonexistent/root/etc/chrony/sources.d/xenith.sources (31 bytes, 0644)\n"
			    "run in /nonexistent/root: systemctl enable ssh\n"
			    "run in /nonexistent/root: systemctl disable multipathd\n");
}

static void plan_masks_secrets(void **state)
{
	struct ks ks = example();
	struct facts facts = { 0 };
	auto_buf b = { 0 };

	(void)state;
	target_plan_print(&facts, &ks, &b);
	assert_null(strstr(buf_str(&b), CANARY));
	assert_null(strstr(buf_str(&b), "canaryhash"));
	assert_string_equal(buf_str(&b), "account ana: create, groups sudo,ops\n"
					 "account ana: password *** (to be hashed, yescrypt)\n"
					 "account root: password *** (as given, crypted)\n"
					 "ssh key for root: ssh-ed25519 AAAA admin\n"
					 "locale es_ES.UTF-8\n"
					 "keyboard gb\n"
					 "time zone Atlantic/Canary, hardware clock in local time\n"
					 "time source server ntp1.example.org iburst\n"
					 "service ssh: on\n"
					 "service multipathd: off\n");
}

/* Without a chroot to go to, chpasswd fails: neither error nor log may show what was piped to it. */
static void secrets_stay_out(void **state)
{
	struct ks ks = example();
	char dir[] = "/tmp/test-target-XXXXXX";
	auto_free char *path = NULL;
	auto_buf log_text = { 0 };
	struct door door = { 0 };
	struct err err = { 0 };

	(void)state;
	assert_non_null(mkdtemp(dir));
	path = path_join(dir, "log");
	door.log = log_new(path);
	ks.n_users = 0;
	assert_int_not_equal(accounts_apply(&ks, dir, &door, &err), 0);
	assert_null(strstr(err.msg, "canaryhash"));
	ks = example();
	ks.rootpw = (struct ks_rootpw){ .at = { .line = 6 }, .password = CANARY };
	ks.n_users = 0;
	assert_int_not_equal(accounts_apply(&ks, dir, &door, &err), 0);
	log_printf(door.log, "as if a program had said %s and %s", CANARY, HASH);
	log_free(door.log);
	assert_int_equal(file_read(path, &log_text, &err), 0);
	assert_non_null(strstr(buf_str(&log_text), "chpasswd"));
	assert_null(strstr(buf_str(&log_text), CANARY));
	assert_null(strstr(buf_str(&log_text), "canaryhash"));
	assert_null(strstr(err.msg, CANARY));
	file_remove_tree(dir, NULL);
}

static void hashes_are_yescrypt(void **state)
{
	auto_free char *a = NULL;
	auto_free char *b = NULL;
	struct crypt_data data = { 0 };
	struct err err = { 0 };

	(void)state;
	assert_int_equal(accounts_hash(CANARY, &a, &err), 0);
	assert_int_equal(accounts_hash(CANARY, &b, &err), 0);
	assert_true(str_starts(a, "$y$"));
	assert_string_not_equal(a, b);
	assert_string_equal(crypt_r(CANARY, a, &data), a);
	assert_string_not_equal(crypt_r("other", a, &data), a);
}

static void packages_and_debconf(void **state)
{
	struct ks ks = example();
	auto_argv want = { 0 };
	auto_argv none = { 0 };
	auto_buf b = { 0 };
	struct ks empty = { 0 };

	(void)state;
	ks.report.url = "https://collector.example.org/events";
	target_packages(&ks, &want);
	for (const char *const *p =
		     (const char *const[]){ "openssh-server", "sudo", "locales", "console-setup", "chrony",
					    "curl", "tzdata", NULL };
	     *p; p++)
		assert_true(argv_has(&want, *p));
	target_packages(&empty, &none);
	assert_int_equal(none.n, 0);
	target_debconf(&ks, &b);
	assert_non_null(
		strstr(buf_str(&b), "locales/locales_to_be_generated multiselect es_ES.UTF-8 UTF-8\n"));
	assert_non_null(strstr(buf_str(&b), "keyboard-configuration/layoutcode string gb\n"));
	assert_non_null(strstr(buf_str(&b), "tzdata/Zones/Atlantic select Canary\n"));
	assert_null(strstr(buf_str(&b), CANARY));
}

static void keyboards(void **state)
{
	static const char *two[] = { "us", "cz (qwerty)", NULL };
	static const char *plain[] = { "es", "us", NULL };
	static const struct {
		struct ks_keyboard ks;
		const char *layout, *variant;
	} rows[] = {
		{ { .keymap = "es" }, "es", "" },
		{ { .keymap = "fr_CH" }, "ch", "fr" },
		{ { .vckeymap = "br-abnt2", .keymap = "us" }, "br", "" },
		{ { .xlayouts = { two, 2 } }, "us,cz", ",qwerty" },
		{ { .xlayouts = { plain, 2 } }, "es,us", "" },
		{ { .keymap = "" }, "us", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct keyboard kb = { 0 };

		keyboard_make(&rows[i].ks, &kb);
		assert_string_equal(kb.layout, rows[i].layout);
		assert_string_equal(kb.variant, rows[i].variant);
		keyboard_clear(&kb);
	}
}

static void scripts(void **state)
{
	char dir[] = "/tmp/test-target-XXXXXX";
	auto_free char *out = NULL;
	auto_free char *log = NULL;
	auto_free char *body = NULL;
	struct ks_script s[2] = {
		{ .at = { .file = "t.ks", .line = 40 }, .type = KS_PRE },
		{ .at = { .file = "t.ks", .line = 50 }, .type = KS_PRE, .erroronfail = true }
	};
	struct ks ks = { .scripts = s, .n_scripts = 2 };
	struct door door = { 0 };
	struct err err = { 0 };
	auto_buf text = { 0 };
	struct stat st;

	(void)state;
	assert_non_null(mkdtemp(dir));
	out = path_join(dir, "out");
	log = path_join(dir, "sub/script.log");
	body = xasprintf("echo ran >%s\necho said this\nexit 3\n", out);
	s[0].body = body;
	s[0].interp = "/bin/sh";
	s[0].log = log;
	s[1].body = "print('python says no'); raise SystemExit(4)\n";
	s[1].interp = "/usr/bin/env python3";
	assert_int_equal(target_scripts(&ks, KS_POST, dir, &door, &err), 0);
	assert_false(file_exists(out));
	assert_int_equal(target_scripts(&ks, KS_PRE, dir, &door, &err), -ERR_INPUT);
	assert_true(file_exists(out));
	assert_int_equal(file_read(log, &text, &err), 0);
	assert_string_equal(buf_str(&text), "said this\n");
	assert_true(str_starts(err.msg, "t.ks:50: %pre: the script failed: "));
	assert_non_null(strstr(err.msg, "exit status 4"));
	assert_non_null(strstr(err.msg, "python says no"));
	assert_int_equal(err.id, ERR_HOST_SCRIPT);
	assert_int_not_equal(stat("/tmp/ks-script-40", &st), 0);
	assert_int_not_equal(stat("/tmp/ks-script-50", &st), 0);
	file_remove_tree(dir, NULL);
}

static void post_is_recorded_inside(void **state)
{
	struct ks_script s[2] = {
		{ .at = { .file = "t.ks", .line = 9 }, .type = KS_POST, .body = "echo " CANARY "\n" },
		{ .at = { .file = "t.ks", .line = 12 }, .type = KS_POST, .nochroot = true, .body = "" }
	};
	struct ks ks = { .scripts = s, .n_scripts = 2 };
	auto_buf record = { 0 };
	struct door door = { .record = &record };
	struct err err = { 0 };

	(void)state;
	assert_int_equal(target_scripts(&ks, KS_POST, "/nonexistent/r", &door, &err), 0);
	assert_string_equal(buf_str(&record), "write /nonexistent/r/usr/sbin/policy-rc.d (19 bytes, 0755)\n"
					      "write /nonexistent/r/tmp/ks-script-9 (23 bytes, 0700)\n"
					      "run in /nonexistent/r: /bin/sh /tmp/ks-script-9\n"
					      "remove /nonexistent/r/tmp/ks-script-9\n"
					      "remove /nonexistent/r/usr/sbin/policy-rc.d\n"
					      "write /tmp/ks-script-12 (0 bytes, 0700)\n"
					      "run /bin/sh /tmp/ks-script-12\n"
					      "remove /tmp/ks-script-12\n");
}

static void bad_words(void **state)
{
	static struct ks_user odd = { .at = { .file = "t.ks", .line = 7 },
				      .name = "Ana:x",
				      .password = "plain" };
	struct ks ks = example();
	struct err err = { 0 };

	(void)state;
	ks.rootpw.password =
		"$6$saltsalt$"
		"qFmFH.bQmmtXzyBY0s9v7Oicd2z4XSIecDzlB5KiA2/jctKu9YterLp8wwnSq.qc.eoxqOmSuNp2xS0ktL3nh/";
	assert_int_equal(target_check(&ks, &err), 0);
	odd.iscrypted = true;
	ks.users = &odd;
	ks.rootpw = (struct ks_rootpw){ .at = { .file = "t.ks", .line = 6 },
					.password = "abc",
					.iscrypted = true };
	ks.keyboard.keymap = "us\"; reboot #";
	ks.timezone.timezone = "../../etc/passwd";
	assert_int_equal(target_check(&ks, &err), -ERR_INPUT);
	assert_int_equal(err.id, ERR_KS_VALUE);
	for (const char *const *p =
		     (const char *const[]){ "t.ks:6: rootpw: ", "t.ks:7: Ana:x: ", "t.ks:7: user: ",
					    "2: keyboard: ", "t.ks:3: ../../etc/passwd: ", NULL };
	     *p; p++)
		if (!strstr(err.msg, *p))
			fail_msg("no \"%s\" in\n%s", *p, err.msg);
	assert_null(strstr(err.msg, "abc"));
}

static void first_boot_files(void **state)
{
	static const char *ports[] = { "ens16", NULL };
	static struct nic_facts nic = { .name = "ens16", .mac = "52:54:00:12:34:56", .driver = "e1000" };
	struct ks_network net = { .at = { .file = "t.ks", .line = 5 },
				  .device = "xenbr0",
				  .bridgeslaves = { ports, 1 },
				  .bootproto = "dhcp",
				  .mtu = -1,
				  .vlanid = -1 };
	struct ks ks = { .networks = &net, .n_networks = 1, .report = { .url = "http://192.0.2.9/" } };
	struct facts facts = { .nics = &nic, .n_nics = 1 };
	auto_buf record = { 0 };
	struct door door = { .record = &record };
	struct err err = { 0 };

	(void)state;
	if (target_firstboot(&facts, &ks, "/nonexistent/r", &door, &err))
		fail_msg("%s", err.msg);
	if (!strstr(buf_str(&record), "firstboot.conf (47 bytes, 0600)"))
		fail_msg("%s", buf_str(&record));
	assert_non_null(strstr(buf_str(&record), ": systemctl enable xenith-firstboot.service\n"));
}

static void drop_ins(void **state)
{
	char dir[] = "/tmp/test-target.XXXXXX", path[128];
	struct door door = { .log = log_new(NULL) };
	auto_free char *text = NULL, *xen = NULL, *guests = NULL;
	auto_buf b = { 0 };
	struct err err = { 0 };

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/etc/systemd/system/lvm2-monitor.service.d/xenith.conf", dir);
	assert_int_equal(units_apply(dir, &door, &err), 0);
	assert_false(file_exists(path)); /* no LVM there */
	guests = xasprintf("%s/etc/systemd/system/multi-user.target.wants/xenith-guests.service", dir);
	assert_false(file_exists(guests)); /* no Xen */
	text = xasprintf("%s/usr/lib/systemd/system/lvm2-monitor.service", dir);
	xen = xasprintf("%s/usr/lib/systemd/system/xendomains.service", dir);
	assert_int_equal(file_write(text, "", 0, 0644, &err), 0);
	assert_int_equal(file_write(xen, "", 0, 0644, &err), 0);
	for (int twice = 0; twice < 2; twice++)
		assert_int_equal(units_apply(dir, &door, &err), 0);
	assert_int_equal(file_read(path, &b, &err), 0);
	assert_string_equal(buf_str(&b), "[Unit]\nRequiresMountsFor=/run/lock\n");
	assert_true(file_exists(guests)); /* a link that leads to it */
	log_free(door.log);
	file_remove_tree(dir, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(record_apply),
		cmocka_unit_test(plan_masks_secrets),
		cmocka_unit_test(secrets_stay_out),
		cmocka_unit_test(hashes_are_yescrypt),
		cmocka_unit_test(packages_and_debconf),
		cmocka_unit_test(keyboards),
		cmocka_unit_test(bad_words),
		cmocka_unit_test(first_boot_files),
		cmocka_unit_test(scripts),
		cmocka_unit_test(post_is_recorded_inside),
		cmocka_unit_test(drop_ins),
	};

	return cmocka_run_group_tests_name("target", tests, NULL, NULL);
}
