/* base/run and base/door: children and their ends, and the recording door. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/door.h"
#include "base/file.h"
#include "base/run.h"
#include "base/util.h"

static int shell(const char *script, struct run *run, struct err *err)
{
	argv_addl(&run->argv, "sh", "-c", script, NULL);
	return run_argv(run, err);
}

static void fill(struct buf *b)
{
	for (int i = 0; i < 300000; i++)
		buf_addc(b, (char)('a' + i % 26));
}

static void test_output_and_input(void **state)
{
	struct err err = { 0 };
	auto_buf out = { 0 };
	auto_buf big = { 0 };
	auto_run run = { .out = &out };

	(void)state;
	fill(&big);
	run.stdin_data = buf_str(&big);
	run.stdin_len = big.len;
	assert_int_equal(shell("cat; echo noise >&2", &run, &err), 0);
	assert_int_equal(out.len, big.len);
	assert_memory_equal(out.data, big.data, big.len);
}

static void test_exit_status(void **state)
{
	struct err err = { 0 };
	auto_run run = { 0 };
	auto_run ok = { .ok_status = 3 };

	(void)state;
	assert_int_equal(shell("echo the last words; exit 3", &run, &err), -ERR_TOOL);
	assert_non_null(strstr(err.msg, "exit status 3"));
	assert_non_null(strstr(err.msg, "the last words"));
	assert_int_equal(shell("exit 3", &ok, &err), 0);
}

static void test_killed_child(void **state)
{
	struct err err = { 0 };
	auto_run run = { 0 };

	(void)state;
	assert_int_equal(shell("kill -9 $$", &run, &err), -ERR_TOOL);
	assert_non_null(strstr(err.msg, "killed by signal 9"));
}

static void test_missing_program(void **state)
{
	struct err err = { 0 };
	auto_run run = { 0 };

	(void)state;
	argv_add(&run.argv, "no-such-program-here");
	assert_int_equal(run_argv(&run, &err), -ERR_TOOL);
	assert_non_null(strstr(err.msg, "no-such-program-here: cannot run it: No such file or directory"));
}

static void test_timeout(void **state)
{
	struct err err = { 0 };
	auto_run run = { .timeout_s = 1 };

	(void)state;
	assert_int_equal(shell("exec sleep 30", &run, &err), -ERR_TOOL);
	assert_non_null(strstr(err.msg, "killed after 1 seconds"));
}

static void test_child_that_ignores_its_input(void **state)
{
	struct err err = { 0 };
	auto_buf big = { 0 };
	auto_run run = { 0 };

	(void)state;
	fill(&big);
	run.stdin_data = buf_str(&big);
	run.stdin_len = big.len;
	assert_int_equal(shell("exit 0", &run, &err), 0);
}

static void test_secrets_stay_out_of_errors(void **state)
{
	struct log *log = log_new(NULL);
	struct err err = { 0 };
	auto_buf tail = { 0 };
	auto_run run = { .log = log };

	(void)state;
	log_mask(log, "hunter22");
	assert_int_equal(shell("echo hunter22; exit 1", &run, &err), -ERR_TOOL);
	log_tail(log, 100, &tail);
	assert_null(strstr(err.msg, "hunter22"));
	assert_null(strstr(buf_str(&tail), "hunter22"));
	log_free(log);
}

static int never(void *arg, struct err *err)
{
	(void)arg, (void)err;
	fail();
	return 0;
}

static void test_recording_door_does_nothing(void **state)
{
	auto_buf record = { 0 };
	struct door door = { .record = &record };
	struct err err = { 0 };

	(void)state;
	assert_int_equal(door_runl(&door, &err, "touch", "/tmp/xenith-never", NULL), 0);
	assert_int_equal(door_write(&door, "/tmp/xenith-never", "x", 1, 0600, &err), 0);
	assert_int_equal(door_mkdirs(&door, "/tmp/xenith-never", 0755, &err), 0);
	assert_int_equal(door_symlink(&door, "a", "/tmp/xenith-never", &err), 0);
	assert_int_equal(door_mount(&door, "tmpfs", "/tmp/xenith-never", "tmpfs", 0, NULL, &err), 0);
	assert_int_equal(door_umount(&door, "/tmp/xenith-never", 0, &err), 0);
	assert_int_equal(door_call(&door, "something", never, NULL, &err), 0);
	assert_false(file_exists("/tmp/xenith-never"));
	assert_string_equal(buf_str(&record), "run touch /tmp/xenith-never\n"
					      "write /tmp/xenith-never (1 bytes, 0600)\n"
					      "mkdir /tmp/xenith-never (0755)\n"
					      "symlink /tmp/xenith-never -> a\n"
					      "mount tmpfs on /tmp/xenith-never (tmpfs)\n"
					      "umount /tmp/xenith-never\n"
					      "something\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_output_and_input),
		cmocka_unit_test(test_exit_status),
		cmocka_unit_test(test_killed_child),
		cmocka_unit_test(test_missing_program),
		cmocka_unit_test(test_timeout),
		cmocka_unit_test(test_child_that_ignores_its_input),
		cmocka_unit_test(test_secrets_stay_out_of_errors),
		cmocka_unit_test(test_recording_door_does_nothing),
	};

	return cmocka_run_group_tests_name("run", tests, NULL, NULL);
}
