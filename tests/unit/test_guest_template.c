/* What a template takes of a guest's root, and what it leaves there: guest/template_ks.h,
 * packages/image_private.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <sys/stat.h>

#include "base/file.h"
#include "base/util.h"
#include "guest/template_ks.h"
#include "packages/image_private.h"
#include "temp_dir.h"

static char *dir;

static void put(const char *path, const char *text)
{
	auto_free char *full = path_join(dir, path);

	assert_int_equal(file_write(full, text, strlen(text), 0644, NULL), 0);
}

static void link_to(const char *target, const char *path)
{
	auto_free char *full = path_join(dir, path);

	unlink(full);
	assert_int_equal(symlink(target, full), 0);
}

static void debian(const char *release)
{
	put("etc/os-release", release);
	put("var/lib/dpkg/status", "");
	put("boot/vmlinuz-1", "");
	put("boot/initrd-1", "");
	link_to("boot/vmlinuz-1", "vmlinuz");
	link_to("/boot/initrd-1", "initrd.img");
}

static const char trixie[] =
	"NAME=\"Debian GNU/Linux\"\nVERSION_ID=\"13\"\nVERSION_CODENAME=trixie\nID=debian\n";

static const struct template_image image = { .guest = "web1",
					     .path = "/var/lib/xenith/images/gold.img",
					     .checksum = "abab",
					     .min_mib = 400,
					     .made = 1795406400 };

static void prints(const char *want)
{
	struct template_root root = { 0 };
	struct err err = { 0 };
	auto_buf b = { 0 };

	if (template_root_read(dir, &root, &err))
		fail_msg("%s", err.msg);
	template_ks_print(&root, &image, &b);
	assert_string_equal(buf_str(&b), want);
	template_root_clear(&root);
}

static void test_root(void **state)
{
	(void)state;
	debian(trixie);
	put("etc/locale.conf", "# locale.conf(5)\nLANG='es_ES.UTF-8'\n");
	put("etc/default/keyboard", "XKBMODEL=\"pc105\"\nXKBLAYOUT=\"es\"\n");
	link_to("/usr/share/zoneinfo/Atlantic/Canary", "etc/localtime");
	prints("%%# Debian 13 trixie, of guest web1 as it was on 2026-11-23 04:00 UTC\n"
	       "%%crypt yescrypt\n"
	       "%%default image file:///var/lib/xenith/images/gold.img\n"
	       "%%default lang es_ES.UTF-8\n"
	       "%%default keyboard es\n"
	       "%%default timezone Atlantic/Canary\n"
	       "%%default suite trixie\n"
	       "%%default checksum abab\n"
	       "%%default min_mib 400\n"
	       "%%include debian-direct.inc\n");
}

/* The guest's words become lines of a file that dom0 obeys, as root. */
static void test_hostile(void **state)
{
	static const char *const words[] = {
		"x\r%post --nochroot", "${rootpw}", "%%include", "-x", "", "\"\"", "\"\n%post\""
	};

	(void)state;
	debian("");
	link_to("/usr/share/zoneinfo/UTC\n%post --nochroot", "etc/localtime");
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		auto_free char *release =
			xasprintf("ID=debian\nVERSION_ID=%s\nVERSION_CODENAME=%s\n", words[i], words[i]);
		auto_free char *lang = xasprintf("LANG=%s\n", words[i]);
		auto_free char *keyboard = xasprintf("XKBLAYOUT=%s\n", words[i]);

		debian(release);
		put("etc/locale.conf", lang);
		put("etc/default/keyboard", keyboard);
		prints("%%# Debian, of guest web1 as it was on 2026-11-23 04:00 UTC\n"
		       "%%crypt yescrypt\n"
		       "%%default image file:///var/lib/xenith/images/gold.img\n"
		       "%%default lang C.UTF-8\n"
		       "%%default checksum abab\n"
		       "%%default min_mib 400\n"
		       "%%include debian-direct.inc\n");
	}
}

static void refused(const char *why)
{
	struct template_root root = { 0 };
	struct err err = { 0 };

	assert_int_equal(template_root_read(dir, &root, &err), -ERR_MACHINE);
	assert_int_equal(err.id, ERR_GUEST_DISK);
	if (!strstr(err.msg, why))
		fail_msg("no \"%s\" in %s", why, err.msg);
}

static void test_refused(void **state)
{
	auto_free char *outside = path_join(dir, "release");

	(void)state;
	debian("ID=\"rocky\"\n");
	refused("its system is rocky, not Debian");
	/* Links lead nowhere outside: this one is there only as the host sees it. */
	put("release", trixie);
	link_to(outside, "etc/os-release");
	refused("no /etc/os-release");
	link_to("../release", "etc/os-release");
	prints("%%# Debian 13 trixie, of guest web1 as it was on 2026-11-23 04:00 UTC\n"
	       "%%crypt yescrypt\n"
	       "%%default image file:///var/lib/xenith/images/gold.img\n"
	       "%%default lang C.UTF-8\n"
	       "%%default suite trixie\n"
	       "%%default checksum abab\n"
	       "%%default min_mib 400\n"
	       "%%include debian-direct.inc\n");
	link_to("../../../release", "var/lib/dpkg/status");
	refused("/var/lib/dpkg/status");
	debian(trixie);
	link_to("boot/gone", "vmlinuz");
	refused("/vmlinuz");
}

static void test_private(void **state)
{
	static const char *const out[] = {
		"root/.ssh",     "srv/git/.ssh",   "root/.bash_history", "home/a/.psql_history",
		"etc/shadow-",   "etc/gshadow-",   "etc/shadow.org",     "etc/krb5.keytab",
		"var/mail/root", "var/log/syslog", "var/log/app/x",      "var/log/journal/01"
	};
	static const char *const in[] = { "etc/shadow", "etc/gshadow",  "etc/passwd",
					  "etc/ssh",    "root/.bashrc", "home/a/.config",
					  "var/mail",   "var/log2",     "usr/bin/history" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(out); i++)
		if (!image_private_skips(out[i], false))
			fail_msg("%s stays", out[i]);
	for (size_t i = 0; i < ARRAY_SIZE(in); i++)
		if (image_private_skips(in[i], false))
			fail_msg("%s is left out", in[i]);
	assert_true(image_private_skips("home/a/.ssh", true));
	assert_true(image_private_skips("var/log/journal/0123", true));
	assert_false(image_private_skips("var/log/nginx", true));
	assert_false(image_private_skips("var/log", true));
	assert_true(image_private_shadow("etc/shadow"));
	assert_false(image_private_shadow("srv/etc/shadow"));
}

static void locks(const char *text, const char *want)
{
	auto_buf b = { 0 };

	image_private_lock(text, &b);
	assert_string_equal(buf_str(&b), want);
}

static void test_lock(void **state)
{
	(void)state;
	locks("root:$y$j9T$a:1:0:::::\n", "root:!:1:0:::::\n");
	locks("daemon:*:1::::::\nbin:!*:1::::::\n", "daemon:*:1::::::\nbin:!:1::::::\n");
	locks("ana:!$y$j9T$a:1::\n", "ana:!:1::\n"); /* usermod -L keeps the hash */
	locks("nobody::1::\n", "nobody:!:1::\n");
	locks("short:hash", "short:!\n");
	locks("\nword\n", "\nword\n");
	locks("", "");
}

static int make_dir(void **state)
{
	static unsigned n;

	(void)state;
	dir = xasprintf("%s/%u", temp_dir, n++);
	return 0;
}

static int drop_dir(void **state)
{
	(void)state;
	free(dir);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_root, make_dir, drop_dir),
		cmocka_unit_test_setup_teardown(test_hostile, make_dir, drop_dir),
		cmocka_unit_test_setup_teardown(test_refused, make_dir, drop_dir),
		cmocka_unit_test(test_private),
		cmocka_unit_test(test_lock),
	};

	return cmocka_run_group_tests(tests, temp_dir_make, temp_dir_remove);
}
