/*
 * The settings, the initramfs and GRUB in a real Debian root: XENITH_TEST_ROOT is a mounted one that may be
 * spoilt (with /proc, /sys, /dev and an ESP at /boot/efi in it), XENITH_TEST_DISK the device it lies on.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <sys/stat.h>

#include "base/file.h"
#include "base/util.h"
#include "installer/boot/boot_priv.h"
#include "installer/target/chroot.h"
#include "installer/target/target.h"

#define CANARY "canary-Xy7-secret"

static const char *root;

static const char *groups_v[] = { "wheel", "ops(5002)", NULL };
static const char *servers_v[] = { "ntp1.example.org", NULL };
static const char *enabled_v[] = { "sshd", "chronyd", NULL };
static const char *disabled_v[] = { "no-such-unit", "xendomains", NULL };

static struct ks_user users[] = {
	{ .name = "ana",
	  .password = CANARY,
	  .groups = { groups_v, 2 },
	  .uid = 2000,
	  .gid = 2001,
	  .gecos = "Ana B" },
	{ .name = "bo", .password = CANARY, .uid = -1, .gid = -1, .lock = true },
};
static struct ks_sshkey keys[] = {
	{ .at = { .file = "t.ks", .line = 8 }, .username = "root", .key = "ssh-ed25519 AAAA admin" },
	{ .at = { .file = "t.ks", .line = 9 }, .username = "ana", .key = "ssh-ed25519 BBBB ana" },
	{ .at = { .file = "t.ks", .line = 10 }, .username = "ana", .key = "ssh-ed25519 CCCC ana" },
};
static struct ks_script scripts[] = {
	{ .at = { .file = "t.ks", .line = 40 },
	  .type = KS_POST,
	  .erroronfail = true,
	  .log = "/root/post.log",
	  .body = "id -un; test -e /etc/debian_version; test -x /usr/sbin/policy-rc.d; echo done "
		  ">/root/post.done\n" },
	{ .at = { .file = "t.ks", .line = 50 }, .type = KS_POST, .body = "exit 9\n" },
};
static struct ks_script failing = { .at = { .file = "t.ks", .line = 60 },
				    .type = KS_POST,
				    .erroronfail = true,
				    .log = "/root/fail.log",
				    .body = "echo it broke\nexit 9\n" };

static struct ks example(void)
{
	struct ks ks = { .users = users, .n_users = 2, .sshkeys = keys, .n_sshkeys = 3 };

	ks.rootpw = (struct ks_rootpw){ .at = { .line = 6 }, .password = CANARY, .allow_ssh = true };
	ks.lang = (struct ks_lang){ .at = { .file = "t.ks", .line = 1 }, .lang = "es_ES.UTF-8" };
	ks.keyboard = (struct ks_keyboard){ .at = { .line = 2 }, .keymap = "es" };
	ks.timezone = (struct ks_timezone){ .at = { .file = "t.ks", .line = 3 },
					    .timezone = "Atlantic/Canary",
					    .ntpservers = { servers_v, 1 } };
	ks.services = (struct ks_services){ .at = { .file = "t.ks", .line = 4 },
					    .enabled = { enabled_v, 2 },
					    .disabled = { disabled_v, 2 } };
	ks.scripts = scripts;
	ks.n_scripts = 2;
	ks.xen = (struct ks_xen){ .dom0_mem = "1024M", .dom0_vcpus = 2 };
	return ks;
}

static void has(const char *path, const char *text)
{
	auto_free char *full = path_join(root, path);
	auto_buf b = { 0 };
	struct err err = { 0 };

	if (file_read(full, &b, &err))
		fail_msg("%s", err.msg);
	if (!strstr(buf_str(&b), text))
		fail_msg("%s: no \"%s\" in\n%s", path, text, buf_str(&b));
}

static void mode_is(const char *path, mode_t mode, uid_t uid)
{
	auto_free char *full = path_join(root, path);
	struct stat st;

	assert_int_equal(stat(full, &st), 0);
	assert_int_equal(st.st_mode & 07777, mode);
	assert_int_equal(st.st_uid, uid);
}

static void settings(void **state)
{
	struct facts facts = { 0 };
	struct ks ks = example();
	auto_free char *log_path = NULL;
	struct door door = { 0 };
	struct err err = { 0 };
	auto_buf log_text = { 0 };

	(void)state;
	if (!root)
		skip();
	log_path = path_join(root, "var/log/test-target.log");
	unlink(log_path);
	door.log = log_new(log_path);
	for (int twice = 0; twice < 2; twice++) /* a retried step must work */
		if (target_apply(&facts, &ks, root, &door, &err))
			fail_msg("%s", err.msg);
	if (target_scripts(&ks, KS_POST, root, &door, &err))
		fail_msg("%s", err.msg);
	ks.scripts = &failing;
	ks.n_scripts = 1;
	assert_int_equal(target_scripts(&ks, KS_POST, root, &door, &err), -ERR_INPUT);
	assert_true(str_starts(err.msg, "t.ks:60: %post: the script failed: "));
	assert_non_null(strstr(err.msg, "it broke"));
	log_free(door.log);
	has("etc/shadow", "root:$y$");
	has("etc/shadow", "ana:$y$");
	has("etc/shadow", "bo:!$y$");
	has("etc/passwd", "ana:x:2000:2001:Ana B:/home/ana:/bin/bash\n");
	has("etc/group", "ops:x:5002:ana\n");
	has("etc/locale.conf", "LANG=es_ES.UTF-8\n");
	has("etc/timezone", "Atlantic/Canary\n");
	has("etc/localtime", "TZif");
	has("etc/adjtime", "LOCAL\n");
	has("etc/chrony/chrony.conf", "\n#pool 2.debian");
	has("etc/chrony/sources.d/xenith.sources", "server ntp1.example.org iburst\n");
	has("home/ana/.ssh/authorized_keys", "ssh-ed25519 BBBB ana\nssh-ed25519 CCCC ana\n");
	has("etc/ssh/ssh_host_ed25519_key.pub", "ssh-ed25519");
	has("root/post.log", "root\n");
	has("root/post.done", "done");
	mode_is("root/.ssh/authorized_keys", 0600, 0);
	mode_is("home/ana/.ssh", 0700, 2000);
	mode_is("home/ana/.ssh/authorized_keys", 0600, 2000);
	assert_int_equal(file_read(log_path, &log_text, &err), 0);
	assert_non_null(strstr(buf_str(&log_text), "chpasswd"));
	assert_null(strstr(buf_str(&log_text), CANARY));
	assert_null(strstr(buf_str(&log_text), "$y$"));
}

static void boots(void **state)
{
	struct facts facts = { .console = { .serial_port = 0, .baud = 115200, .parity = "8n1" } };
	struct disk_facts vda = {
		.name = "none0", .path = "/dev/none0", .id = "serial-A", .transport = "virtio"
	};
	struct nic_facts nics[] = { { .name = "ens16", .driver = "e1000" } };
	struct disk_target target = { .disk = &vda, .id = "serial-A" };
	struct disk_mount mounts[] = {
		{ .mntpoint = "/", .fstype = "ext4", .dev = { .node = getenv("XENITH_TEST_DISK") } }
	};
	struct disk_vg_plan vg = { .name = "vg0" };
	struct disk_plan disk = { .disks = &target,
				  .n_disks = 1,
				  .vgs = &vg,
				  .n_vgs = 1,
				  .mounts = mounts,
				  .n_mounts = 1,
				  .uefi = false,
				  .bios = true };
	struct ks ks = example();
	struct boot_plan plan = { 0 };
	struct door door = { 0 };
	auto_free char *warning = NULL;
	struct err err = { 0 };

	(void)state;
	if (!root)
		skip();
	door.log = log_new(getenv("XENITH_TEST_LOG"));
	facts.nics = nics;
	facts.n_nics = 1;
	assert_int_equal(boot_plan_make(&facts, &ks, &disk, &plan, &err), 0);
	if (boot_apply(&plan, &facts, &disk, root, &door, &warning, &err))
		fail_msg("%s", err.msg);
	assert_null(warning);
	log_free(door.log);
	boot_plan_clear(&plan);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(settings), cmocka_unit_test(boots) };

	root = getenv("XENITH_TEST_ROOT");
	return cmocka_run_group_tests_name("target in a real root", tests, NULL, NULL);
}
