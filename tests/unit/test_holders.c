/* What a killed run leaves at work is stopped, so that what it mounted can be unmounted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "base/file.h"
#include "base/util.h"
#include "installer/holders.h"

#define WAIT_S 60

static pid_t busy_in(const char *dir, bool by_file)
{
	auto_free char *path = path_join(dir, "open");
	int ready[2];
	pid_t pid;
	char c;

	assert_int_equal(pipe(ready), 0);
	pid = fork();
	if (pid == 0) {
		if (by_file ? open(path, O_RDWR | O_CREAT, 0600) < 0 : chdir(dir) != 0)
			_exit(1);
		if (write(ready[1], "", 1) != 1)
			_exit(1);
		pause();
		_exit(0);
	}
	assert_int_equal(read(ready[0], &c, 1), 1);
	close(ready[0]);
	close(ready[1]);
	return pid;
}

static void they_are_stopped(void **state)
{
	char dir[] = "/tmp/test-holders-XXXXXX", other[] = "/tmp/test-holders-XXXXXX";
	struct door door = { 0 };
	pid_t by_cwd, by_file, stranger;
	int status;

	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_non_null(mkdtemp(other));
	by_cwd = busy_in(dir, false);
	by_file = busy_in(dir, true);
	stranger = busy_in(other, false);
	signal(SIGCHLD, SIG_IGN); /* so that they are gone at once, as under the medium's process 1 */
	holders_stop(dir, &door);
	assert_int_equal(kill(by_cwd, 0), -1);
	assert_int_equal(kill(by_file, 0), -1);
	assert_int_equal(kill(stranger, 0), 0);
	signal(SIGCHLD, SIG_DFL);
	kill(stranger, SIGKILL);
	waitpid(stranger, &status, 0);
	file_remove_tree(dir, NULL);
	file_remove_tree(other, NULL);
}

/* A run that is killed takes the program that it runs with it. */
static void children_go_too(void **state)
{
	char path[] = "/tmp/test-holders-XXXXXX";
	auto_buf text = { 0 };
	auto_run run = { 0 };
	auto_free char *script = NULL;
	struct err err = { 0 };
	uint64_t child = 0;
	int fd = mkstemp(path), status = 0;
	pid_t pid;

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	script = xasprintf("echo $$ >%s; exec sleep 1000", path);
	argv_addl(&run.argv, "sh", "-c", script, NULL);
	pid = fork();
	if (pid == 0) {
		run_argv(&run, &err);
		_exit(0);
	}
	for (int i = 0; i < WAIT_S * 10 && !child; i++, usleep(100000)) {
		buf_clear(&text);
		if (!file_read(path, &text, NULL) && str_ends(buf_str(&text), "\n")) {
			text.data[text.len - 1] = '\0';
			str_u64(buf_str(&text), &child);
		}
	}
	assert_true(child > 1);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	assert_int_equal(waitpid((pid_t)child, &status, 0), child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(they_are_stopped),
		cmocka_unit_test(children_go_too),
	};

	return cmocka_run_group_tests_name("holders", tests, NULL, NULL);
}
