#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/file.h"
#include "base/run.h"
#include "base/util.h"
#include "iso-build/elf_unwind.h"
#include "temp_dir.h"

static char *compile(const char *name, const char *source)
{
	char *path = path_join(temp_dir, name);
	struct run run = { .stdin_data = source, .stdin_len = strlen(source) };
	struct err err = { 0 };

	argv_addl(&run.argv, "gcc", "-O1", "-x", "c", "-o", path, "-", NULL);
	if (run_argv(&run, &err))
		fail_msg("%s", err.msg);
	run_clear(&run);
	return path;
}

/* A thread that is cancelled in a program without tables runs its handlers, the inner before the outer. */
static void test_cancel(void **state)
{
	static const char source[] =
		"#define _GNU_SOURCE\n#include <pthread.h>\n#include <stdio.h>\n#include <unistd.h>\n"
		"static int fds[2];\n"
		"static void say(void *arg) { puts(arg); fflush(stdout); }\n"
		"__attribute__((noinline)) static void inner(void) { char c; pthread_cleanup_push(say, "
		"\"inner\");\n"
		"	if (read(fds[0], &c, 1) < 0) puts(\"read\"); pthread_cleanup_pop(1); }\n"
		"static void *run(void *arg) { pthread_cleanup_push(say, \"outer\"); inner(); "
		"pthread_cleanup_pop(0);\n"
		"	return arg; }\n"
		"int main(void) { pthread_t t; void *ret; if (pipe(fds)) return 1;\n"
		"	pthread_create(&t, NULL, run, NULL); pthread_cancel(t); pthread_join(t, &ret);\n"
		"	return ret == PTHREAD_CANCELED ? 0 : 2; }\n";
	auto_free char *program = compile("cancelled", source);
	auto_buf before = { 0 };
	auto_buf file = { 0 };
	auto_buf said = { 0 };
	auto_run run = { .out = &said };
	struct err err = { 0 };

	(void)state;
	assert_int_equal(file_read(program, &file, NULL), 0);
	buf_add(&before, file.data, file.len);
	assert_true(elf_drop_unwind(&file));
	assert_int_equal(file.len, before.len);
	assert_int_not_equal(memcmp(file.data, before.data, file.len), 0);
	assert_int_equal(file_write(program, file.data, file.len, 0755, NULL), 0);
	argv_add(&run.argv, program);
	if (run_argv(&run, &err))
		fail_msg("%s", err.msg);
	assert_string_equal(buf_str(&said), "inner\nouter\n");
}

static void test_left_alone(void **state)
{
	static const char source[] =
		"void f(int); int main(int n, char **v) { try { f(n); } catch (int i) { return i; }\n"
		"return v == 0; } void f(int n) { throw n; }\n";
	auto_free char *object = path_join(temp_dir, "throws.o");
	struct run run = { .stdin_data = source, .stdin_len = strlen(source) };
	struct err err = { 0 };
	auto_buf file = { 0 };
	auto_buf text = { 0 };
	auto_buf none = { 0 };

	(void)state;
	argv_addl(&run.argv, "g++", "-x", "c++", "-c", "-o", object, "-", NULL);
	if (run_argv(&run, &err))
		fail_msg("%s", err.msg);
	run_clear(&run);
	assert_int_equal(file_read(object, &file, NULL), 0);
	assert_false(elf_drop_unwind(&file));
	buf_adds(&text, "#!/bin/sh\n");
	assert_false(elf_drop_unwind(&text));
	assert_false(elf_drop_unwind(&none));
	/* Cut off: the table of sections is missing. */
	file.len = 100;
	assert_false(elf_drop_unwind(&file));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cancel),
		cmocka_unit_test(test_left_alone),
	};

	return cmocka_run_group_tests(tests, temp_dir_make, temp_dir_remove);
}
