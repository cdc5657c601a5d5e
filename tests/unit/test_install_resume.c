/* A failed step done again: what is mounted for it, and what isn't done a second time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/file.h"
#include "base/util.h"
#include "installer/apply.h"

#define RECORD "/run/record"

/* With a door that records, on empty folders of its own: the exit status says what was wrong. */
static int resume(const char *step)
{
	struct install_opts opts = { 0 };
	struct install_run run = { .opts = &opts, .step = step, .resume = step };
	struct buf record = { 0 };
	struct err err = { 0 };

	run.log = log_new(NULL);
	run.events = events_new(run.log);
	run.door.record = &record;
	if (install_apply(&run, &err))
		return 2;
	if (file_write(RECORD, buf_str(&record), record.len, 0600, NULL))
		return 3;
	return run.token ? 0 : 4;
}

/* What the door recorded, and the journal behind it. */
static void in_a_namespace(const char *step, int out)
{
	static const char *const files[] = { RECORD, INSTALL_RUN "/journal",
					     INSTALL_ROOT "/var/log/xenith/journal" };
	int status;

	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("tmpfs", "/run", "tmpfs", 0, NULL) || mount("tmpfs", INSTALL_ROOT, "tmpfs", 0, NULL) ||
	    mkdir(INSTALL_RUN, 0700))
		_exit(1);
	status = resume(step);
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		auto_buf b = { 0 };

		if (file_read(files[i], &b, NULL) || write(out, buf_str(&b), b.len) < 0)
			_exit(5);
	}
	_exit(status);
}

static void run_step(const char *step, struct buf *said)
{
	bool made = mkdir(INSTALL_ROOT, 0755) == 0;
	int ends[2], status = -1;
	char data[512];
	ssize_t n;
	pid_t pid;

	assert_int_equal(pipe(ends), 0);
	pid = fork();
	if (pid == 0)
		in_a_namespace(step, ends[1]);
	close(ends[1]);
	while ((n = read(ends[0], data, sizeof(data))) > 0)
		buf_add(said, data, (size_t)n);
	close(ends[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (made)
		rmdir(INSTALL_ROOT);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 1)
		skip(); /* no namespaces here */
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void post(void **state)
{
	auto_buf said = { 0 };
	const char *mounted, *written, *unmounted;

	(void)state;
	if (geteuid() != 0)
		skip();
	run_step("post", &said);
	mounted = strstr(buf_str(&said), "mount proc on " INSTALL_ROOT "/proc");
	written = strstr(buf_str(&said), "write " INSTALL_ROOT "/etc/xenith/reinstall");
	unmounted = strstr(buf_str(&said), "unmount everything below " INSTALL_ROOT);
	assert_true(mounted && written && unmounted && mounted < written && written < unmounted);
	assert_non_null(strstr(buf_str(&said), "post start\npost done\nreport start\nreport done\n"));
	assert_null(strstr(buf_str(&said), "disk start"));
	assert_null(strstr(buf_str(&said), "unpack"));
	assert_null(strstr(buf_str(&said), "wipe"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(post),
	};

	return cmocka_run_group_tests_name("install resume", tests, NULL, NULL);
}
