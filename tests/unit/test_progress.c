/* The screen while an install is at work: its lines, and the real thing on a terminal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/wait.h>

#include "base/file.h"
#include "base/util.h"
#include "installer/dialog/progress.h"
#include "installer/watch.h"

#define WAIT_S 60

static void shows(const struct progress *p, int64_t now_ms, const char *want)
{
	auto_buf b = { 0 };

	progress_print(p, now_ms, &b);
	assert_string_equal(buf_str(&b), want);
}

static void lines(void **state)
{
	struct progress p = { 0 };

	(void)state;
	progress_add(&p, "disk", "making partitions, volumes and file systems");
	progress_add(&p, "unpack", "fetching and unpacking packages");
	progress_add(&p, "boot", "making the initramfs and the boot loader");
	progress_take(&p, "disk", "start", 0, 10, 0, "wiping", 1000);
	shows(&p, 3000,
	      " ->  making partitions, volumes and file systems                   2 s\n"
	      "     fetching and unpacking packages                                  \n"
	      "     making the initramfs and the boot loader                         \n"
	      "\nwiping\n2 s so far");
	progress_take(&p, "disk", "done", 0, 15, 0, "wiped", 6000);
	progress_take(&p, "unpack", "start", 0, 15, 0, "fetching", 6000);
	progress_take(&p, "unpack", "progress", 50, 35, 120000000, "linux-image-amd64", 66000);
	progress_take(&p, "boot", "warning", 0, 0, 0, "no variables", 66000);
	shows(&p, 66000,
	      "done making partitions, volumes and file systems                   5 s\n"
	      " ->  fetching and unpacking packa 50 %, 120.0 MB, 2.0 MB/s, 1 min 00 s\n"
	      "     making the initramfs and the boot loader                         \n"
	      "\nno variables\n1 min 05 s so far, about 2 min 49 s left");
}

/* From where the packages are on the disk, a step can be done again by itself. */
static void what_can_be_done_again(void **state)
{
	static const char *const no[] = { "facts", "kickstart", "network", "packages", "disk", "unpack" };
	static const char *const yes[] = { "configure", "target", "boot", "post", "report" };
	struct install_run run = { 0 };

	(void)state;
	assert_null(install_resumable(&run));
	for (size_t i = 0; i < ARRAY_SIZE(no); i++) {
		run.step = no[i];
		assert_null(install_resumable(&run));
	}
	for (size_t i = 0; i < ARRAY_SIZE(yes); i++) {
		run.step = yes[i];
		assert_non_null(install_resumable(&run));
	}
}

/* What a person sees of an install of two steps, with a look at the log. */
static int at_work(const char *resume)
{
	struct install_opts opts = { .from_cmdline = true };
	struct facts facts = { 0 };
	struct mpath_plan san = { 0 };
	struct ks ks = { 0 };
	struct install_run run = {
		.opts = &opts, .plan = { .facts = &facts, .disk.facts = &facts, .san = &san, .ks = &ks }
	};
	struct dialog_opts dialog_opts = { 0 };
	struct watch *watch;

	setenv("TERM", "vt100", 1);
	run.log = log_new(NULL);
	run.events = events_new(run.log);
	run.dialog = dialog_new(&dialog_opts);
	run.plan.net.hostname = "xen11";
	run.resume = resume;
	watch = watch_begin(&run);
	if (!watch)
		return 1;
	event_send(run.events, "disk", EVENT_START, "making partitions, volumes and file systems");
	event_progress(run.events, "disk", 40, 1000000, "canary-message");
	pause(); /* until the parent has seen it */
	return 2;
}

/* forkpty(3), with a terminal of 80x24. */
static pid_t fork_on_screen(int *fd)
{
	struct winsize size = { .ws_row = 24, .ws_col = 80 };

	return forkpty(fd, NULL, NULL, &size);
}

/* What comes behind the text stays, for the next one. */
static void wait_for(int fd, struct buf *seen, const char *text)
{
	time_t end = time(NULL) + WAIT_S;
	const char *at;
	size_t n_seen;

	while (!(at = strstr(buf_str(seen), text))) {
		struct pollfd p = { fd, POLLIN, 0 };
		char data[512];
		ssize_t n;

		if (poll(&p, 1, 1000) < 0 || time(NULL) > end)
			fail_msg("no \"%s\" in \"%s\"", text, buf_str(seen));
		if (!p.revents)
			continue;
		n = read(fd, data, sizeof(data));
		if (n <= 0)
			fail_msg("the screen ended before \"%s\": \"%s\"", text, buf_str(seen));
		for (ssize_t i = 0; i < n; i++) /* what is padding on a real vt100 */
			if (data[i])
				buf_addc(seen, data[i]);
	}
	n_seen = (size_t)(at - buf_str(seen)) + strlen(text);
	memmove(seen->data, seen->data + n_seen, seen->len - n_seen + 1); /* with the end of the string */
	seen->len -= n_seen;
}

static void on_a_terminal(void **state)
{
	auto_buf seen = { 0 };
	int fd = -1, status;
	pid_t pid = fork_on_screen(&fd);

	(void)state;
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(at_work(NULL));
	wait_for(fd, &seen, "Installing xen11");
	wait_for(fd, &seen, "canary-message");
	assert_int_equal(write(fd, "\033OQ", 3), 3);
	wait_for(fd, &seen, "The log's end");
	assert_int_equal(write(fd, "\r", 1), 1);
	wait_for(fd, &seen, "Installing xen11");
	assert_int_equal(write(fd, "d", 1), 1);
	wait_for(fd, &seen, "What is being done");
	wait_for(fd, &seen, "virt: this machine reaches");
	assert_int_equal(write(fd, "\r", 1), 1);
	wait_for(fd, &seen, "Installing xen11");
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	close(fd);
}

/* A step that is done again: those before it are done. */
static void again_on_a_terminal(void **state)
{
	auto_buf seen = { 0 };
	int fd = -1, status;
	pid_t pid = fork_on_screen(&fd);

	(void)state;
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(at_work("boot"));
	wait_for(fd, &seen, "done fetching and unpacking packages");
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	close(fd);
}

/* A failed install's menu: why, the log, the logs saved, then once more. */
static int failed(const char *dir)
{
	struct dialog_opts opts = { 0 };
	struct dialog *d = dialog_new(&opts);
	auto_free char *log = path_join(dir, "log"), *bundle = path_join(dir, "bundle");
	struct dialog_failure failure = { "making the initramfs and the boot loader", log, bundle, true };
	struct err err = { 0 };
	enum dialog_next next;

	setenv("TERM", "vt100", 1);
	err_set(&err, ERR_DISK_SMALL, "disk X is too small");
	next = dialog_failed(d, &err, &failure);
	dialog_free(d);
	return 40 + (int)next;
}

static void type(int fd, const char *keys)
{
	assert_int_equal(write(fd, keys, strlen(keys)), strlen(keys));
}

static void a_failure_is_answered(void **state)
{
	char dir[] = "/tmp/test-progress-XXXXXX";
	auto_free char *log = NULL, *bundle = NULL, *saved = NULL, *typed = NULL;
	auto_buf seen = { 0 };
	auto_buf text = { 0 };
	int fd = -1, status;
	pid_t pid;

	(void)state;
	assert_non_null(mkdtemp(dir));
	log = path_join(dir, "log");
	bundle = path_join(dir, "bundle");
	saved = path_join(dir, "saved");
	typed = xasprintf("%s\r", saved);
	assert_int_equal(file_write(log, "canary-line\n", 12, 0600, NULL), 0);
	assert_int_equal(file_write(bundle, "a tar\0file", 10, 0600, NULL), 0);
	pid = fork_on_screen(&fd);
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(failed(dir));
	wait_for(fd, &seen, "XEN-DISK-008");
	type(fd, "\r");
	wait_for(fd, &seen, "that step again: making the initramfs and the boot loader");
	type(fd, "l\r"); /* the first letter goes to the choice */
	wait_for(fd, &seen, "canary-line");
	type(fd, "\r");
	wait_for(fd, &seen, "What now?");
	type(fd, "s\r");
	wait_for(fd, &seen, "Save the logs");
	type(fd, typed);
	wait_for(fd, &seen, "Saved.");
	type(fd, "\r");
	wait_for(fd, &seen, "What now?");
	type(fd, "s\r"); /* from "save" to the next one */
	wait_for(fd, &seen, "A shell");
	type(fd, "echo canary-$((6 * 7)); exit\r");
	wait_for(fd, &seen, "canary-42");
	wait_for(fd, &seen, "What now?");
	type(fd, "rr\r"); /* "reboot" is the next one, then "retry" */
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 40 + DIALOG_STEP);
	assert_int_equal(file_read(saved, &text, NULL), 0);
	assert_int_equal(text.len, 10);
	close(fd);
	file_remove_tree(dir, NULL);
}

/* Nobody is left to answer. */
static void a_lost_line_ends_it(void **state)
{
	auto_buf seen = { 0 };
	int fd = -1, status;
	pid_t pid = fork_on_screen(&fd);

	(void)state;
	assert_true(pid >= 0);
	if (pid == 0) {
		signal(SIGHUP, SIG_IGN);
		_exit(failed("/nonexistent"));
	}
	wait_for(fd, &seen, "XEN-DISK-008");
	close(fd);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGHUP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines),
		cmocka_unit_test(what_can_be_done_again),
		cmocka_unit_test(on_a_terminal),
		cmocka_unit_test(again_on_a_terminal),
		cmocka_unit_test(a_failure_is_answered),
		cmocka_unit_test(a_lost_line_ends_it),
	};

	return cmocka_run_group_tests_name("progress", tests, NULL, NULL);
}
