#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/util.h"
#include "iso-build/image.h"
#include "iso-build/lists.h"
#include "iso-build/stage.h"
#include "temp_dir.h"

static struct door door;

static int stage(const char *name, const char *list, struct err *err)
{
	auto_free char *to = path_join(temp_dir, name);
	struct stage s = { 0 };
	int r = stage_init(&s, to, &door, err);

	if (!r)
		r = stage_list(&s, "test.list", list, err);
	stage_clear(&s);
	return r;
}

static void assert_staged(const char *path, bool want)
{
	auto_free char *full = path_join(temp_dir, path);

	if (file_exists(full) != want)
		fail_msg("%s is %s", path, want ? "missing" : "there");
}

static void test_program(void **state)
{
	auto_free char *link = path_join(temp_dir, "one/sbin/modprobe");
	struct err err = { 0 };
	struct stat st;

	(void)state;
	if (stage("one",
		  "# a comment\n\nprogram modprobe # a link to kmod\nfile? /nonexistent\ndir /var/log\n",
		  &err))
		fail_msg("%s", err.msg);
	assert_staged("one/usr/sbin/modprobe", true);
	assert_staged("one/bin/kmod", true);
	assert_staged("one/lib64/ld-linux-x86-64.so.2", true);
	assert_staged("one/usr/lib/x86_64-linux-gnu/libc.so.6", true);
	assert_staged("one/var/log", true);
	assert_int_equal(lstat(link, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
}

static void test_applets(void **state)
{
	struct err err = { 0 };
	auto_free char *own = path_join(temp_dir, "two/usr/sbin/modprobe");
	char target[64] = "";

	(void)state;
	if (stage("two", "program modprobe\nprogram busybox\napplets busybox\n", &err))
		fail_msg("%s", err.msg);
	assert_staged("two/usr/bin/sh", true);
	assert_staged("two/usr/bin/modprobe", false);
	assert_true(readlink(own, target, sizeof(target) - 1) > 0);
	assert_non_null(strstr(target, "kmod"));
}

static void test_errors(void **state)
{
	static const struct {
		const char *list, *message;
		enum err_code code;
	} cases[] = {
		{ "program busybox\nprogram no-such-program\n",
		  "test.list:2: program no-such-program: not on this machine", ERR_ISO_PARTS },
		{ "library libnonexistent.so.0", "test.list:1: library libnonexistent.so.0: not on",
		  ERR_ISO_PARTS },
		{ "file /nonexistent", "test.list:1: file /nonexistent: not on this machine", ERR_ISO_PARTS },
		{ "tree /nonexistent", "test.list:1: tree /nonexistent: not on this machine", ERR_ISO_PARTS },
		{ "file /dev/null", "is no file", ERR_ISO_PARTS },
		{ "programs busybox", "test.list:1: programs busybox: unknown kind of line", ERR_ISO_LIST },
		{ "program", "one word must follow", ERR_ISO_LIST },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct err err = { 0 };

		assert_int_equal(stage("three", cases[i].list, &err), -(int)ERR_KIND(cases[i].code));
		assert_int_equal(err.id, cases[i].code);
		if (!strstr(err.msg, cases[i].message))
			fail_msg("\"%s\" is not in \"%s\"", cases[i].message, err.msg);
	}
}

/* Every program of the real list is on a machine that `make deps` prepared. */
static void test_real_list(void **state)
{
	struct err err = { 0 };

	(void)state;
	if (stage("four", iso_programs_list, &err))
		fail_msg("%s", err.msg);
	assert_staged("four/usr/lib/systemd/systemd-udevd", true);
	assert_staged("four/usr/lib/udev/rules.d/64-md-raid-assembly.rules", false);
	assert_staged("four/usr/lib/udev/rules.d/69-lvm.rules", false);
}

static void test_grub_cfg(void **state)
{
	auto_buf b = { 0 };

	(void)state;
	image_grub_cfg("console=ttyS0 ks=http://192.0.2.1/ks", &b);
	assert_non_null(strstr(b.data, "set timeout=3\nset default=0\nmenuentry \"Install\""));
	assert_non_null(strstr(b.data, "linux /boot/vmlinuz console=ttyS0 ks=http://192.0.2.1/ks\n"));
	assert_non_null(strstr(b.data, "ks=http://192.0.2.1/ks xenith.shell\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_program),  cmocka_unit_test(test_applets),
		cmocka_unit_test(test_errors),   cmocka_unit_test(test_real_list),
		cmocka_unit_test(test_grub_cfg),
	};

	return cmocka_run_group_tests(tests, temp_dir_make, temp_dir_remove);
}
