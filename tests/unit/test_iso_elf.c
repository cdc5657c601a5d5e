#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/file.h"
#include "base/run.h"
#include "base/util.h"
#include "iso-build/elf.h"

/* What ld.so itself says that a program needs must be in the closure. */
static void compare_with_loader(const char *program)
{
	struct run run = { 0 };
	struct argv closure = { 0 }, lines = { 0 };
	struct err err = { 0 };
	auto_buf out = { 0 };

	argv_addl(&run.argv, "/lib64/ld-linux-x86-64.so.2", "--list", program, NULL);
	run.out = &out;
	if (run_argv(&run, &err))
		fail_msg("%s", err.msg);
	if (elf_closure(program, NULL, &closure, &err))
		fail_msg("%s", err.msg);
	assert_true(argv_has(&closure, "/lib64/ld-linux-x86-64.so.2"));
	argv_split(&lines, buf_str(&out), "\n");
	assert_true(lines.n > 1);
	for (size_t i = 0; i < lines.n; i++) {
		struct argv words = { 0 };
		bool found = false;

		argv_split(&words, lines.v[i], " \t");
		for (size_t j = 0; j < closure.n; j++)
			found |= str_eq(strrchr(closure.v[j], '/') + 1, words.v[0]);
		if (!found && words.n > 2 && str_eq(words.v[1], "=>") && words.v[2][0] == '/')
			fail_msg("%s needs %s, which the closure lacks", program, words.v[0]);
		argv_clear(&words);
	}
	argv_clear(&lines);
	argv_clear(&closure);
	run_clear(&run);
}

static void test_closure(void **state)
{
	auto_free char *self = realpath("/proc/self/exe", NULL);

	(void)state;
	compare_with_loader(self);
	compare_with_loader("/usr/bin/udevadm"); /* has a DT_RUNPATH */
}

static void test_not_elf(void **state)
{
	struct argv closure = { 0 };

	(void)state;
	assert_int_equal(elf_closure("/etc/passwd", NULL, &closure, NULL), 0);
	assert_int_equal(closure.n, 0);
}

static void test_missing(void **state)
{
	struct argv closure = { 0 };
	struct err err = { 0 };

	(void)state;
	assert_int_equal(elf_closure("/nonexistent", NULL, &closure, &err), -ERR_SYS);
	assert_null(elf_find_library("libnonexistent.so.0"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_closure),
		cmocka_unit_test(test_not_elf),
		cmocka_unit_test(test_missing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
