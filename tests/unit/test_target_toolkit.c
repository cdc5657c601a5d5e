#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/file.h"
#include "base/run.h"
#include "base/util.h"
#include "installer/target/toolkit.h"

static void libraries_of_a_program(void **state)
{
	static const char maps[] = "55e0-55e1 r--p 0 fe:00 1 /usr/bin/xenith\n"
				   "7f00-7f01 r--p 0 fe:00 2 /usr/lib/x86_64-linux-gnu/libsolv.so.1\n"
				   "7f01-7f02 r-xp 0 fe:00 2 /usr/lib/x86_64-linux-gnu/libsolv.so.1\n"
				   "7f02-7f03 r-xp 0 fe:00 3 /usr/lib/x86_64-linux-gnu/libc.so.6\n"
				   "7f03-7f04 r-xp 0 fe:00 4 /usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2\n"
				   "7f04-7f05 rw-p 0 00:00 0 \n"
				   "7f05-7f06 r-xp 0 fe:00 5 /usr/lib/x86_64-linux-gnu/libparted.so.2.0.4\n"
				   "7fff-8000 r-xp 0 00:00 0 [vdso]\n";
	auto_argv got = { 0 };

	(void)state;
	toolkit_libraries(maps, &got);
	assert_int_equal(got.n, 2);
	assert_string_equal(got.v[0], "/usr/lib/x86_64-linux-gnu/libparted.so.2.0.4");
	assert_string_equal(got.v[1], "/usr/lib/x86_64-linux-gnu/libsolv.so.1");
}

/* What is copied is enough: this very program's libraries are found there, by the names that it asks for. */
static void copied_whole(void **state)
{
	char dir[] = "/tmp/xenith-test-toolkit.XXXXXX";
	auto_free char *libs = NULL, *env = NULL, *self = NULL, *sbin = NULL;
	struct door door = { 0 };
	struct err err = { 0 };
	auto_buf out = { 0 };
	auto_run ldd = { .out = &out, .timeout_s = 60 };

	(void)state;
	assert_non_null(mkdtemp(dir));
	sbin = path_join(dir, "usr/sbin");
	assert_int_equal(file_mkdirs(sbin, 0755, &err), 0);
	if (target_toolkit(dir, &door, &err))
		fail_msg("%s", err.msg);
	libs = path_join(dir, "usr/lib/xenith");
	self = path_join(dir, "usr/sbin/xenith");
	env = xasprintf("LD_LIBRARY_PATH=%s", libs);
	argv_addl(&ldd.argv, "env", env, "ldd", self, NULL);
	assert_int_equal(run_argv(&ldd, &err), 0);
	assert_non_null(strstr(buf_str(&out), libs));
	assert_null(strstr(buf_str(&out), "not found"));
	assert_null(strstr(buf_str(&out), "libcmocka.so.0 => /lib"));
	file_remove_tree(dir, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(libraries_of_a_program),
		cmocka_unit_test(copied_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
