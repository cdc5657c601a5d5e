/* One session on several consoles: what is typed on any reaches the program, what it says reaches all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <termios.h>

#include "base/buf.h"
#include "base/util.h"
#include "installer/init/session.h"

#define WAIT_MS 60000

/* The far end of a console: what a person sees and types. */
struct person {
	int fd;
	struct buf seen;
};

static void console_new(struct consoles *c, struct person *person)
{
	struct console *con = &c->v[c->n++];
	int fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);

	assert_true(fd >= 0 && grantpt(fd) == 0 && unlockpt(fd) == 0);
	assert_int_equal(ptsname_r(fd, con->path, sizeof(con->path)), 0);
	con->fd = open(con->path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	assert_true(con->fd >= 0);
	*person = (struct person){ .fd = fd };
}

static void wait_for(struct person *person, const char *text)
{
	while (!strstr(buf_str(&person->seen), text)) {
		struct pollfd p = { person->fd, POLLIN, 0 };
		char data[512];
		ssize_t n;

		if (poll(&p, 1, WAIT_MS) <= 0)
			fail_msg("no \"%s\" in \"%s\"", text, buf_str(&person->seen));
		n = read(person->fd, data, sizeof(data));
		if (n > 0)
			buf_add(&person->seen, data, (size_t)n);
		else if (n < 0 && errno != EINTR)
			fail_msg("console ended before \"%s\"", text);
	}
}

struct job {
	struct consoles *c;
	session_command *command;
	char **argv;
	struct session_watch *watch;
	int r, status;
};

static void *work(void *arg)
{
	struct job *job = arg;

	job->r = session_run(job->c, job->command, job->argv, job->watch, &job->status, NULL);
	return NULL;
}

static const char script[] =
	"stty size; echo \"term $TERM\"; read a; echo \"got $a\"; read b; echo \"got $b\"; exit 5";

static void both(void **state)
{
	char *argv[] = { (char *)"/bin/sh", (char *)"-c", (char *)script, NULL };
	struct consoles c = { .log_fd = -1 };
	struct person vga, serial;
	struct job job = { .c = &c, .argv = argv, .r = -1, .status = -1 };
	struct termios before, after;
	pthread_t thread;

	(void)state;
	console_new(&c, &vga);
	console_new(&c, &serial);
	assert_int_equal(tcgetattr(c.v[0].fd, &before), 0);
	assert_int_equal(pthread_create(&thread, NULL, work, &job), 0);
	wait_for(&vga, "24 80");
	wait_for(&serial, "term vt100");
	assert_int_equal(write(vga.fd, "one\r", 4), 4);
	wait_for(&serial, "got one");
	wait_for(&vga, "got one");
	assert_int_equal(write(serial.fd, "two\r", 4), 4);
	wait_for(&vga, "got two");
	wait_for(&serial, "got two");
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(job.r, 0);
	assert_true(WIFEXITED(job.status) && WEXITSTATUS(job.status) == 5);
	assert_int_equal(tcgetattr(c.v[0].fd, &after), 0);
	assert_int_equal(before.c_lflag, after.c_lflag);
	buf_clear(&vga.seen);
	buf_clear(&serial.seen);
	close(vga.fd);
	close(serial.fd);
	consoles_close(&c);
}

/* A line that is lost in the middle: the other console goes on. */
static void lost(void **state)
{
	char *argv[] = { (char *)"/bin/sh", (char *)"-c", (char *)script, NULL };
	struct consoles c = { .log_fd = -1 };
	struct person vga, serial;
	struct job job = { .c = &c, .argv = argv, .r = -1, .status = -1 };
	pthread_t thread;

	(void)state;
	console_new(&c, &vga);
	console_new(&c, &serial);
	assert_int_equal(pthread_create(&thread, NULL, work, &job), 0);
	wait_for(&vga, "term vt100");
	close(serial.fd);
	assert_int_equal(write(vga.fd, "one\r", 4), 4);
	wait_for(&vga, "got one");
	assert_int_equal(write(vga.fd, "two\r", 4), 4);
	wait_for(&vga, "got two");
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_true(WIFEXITED(job.status) && WEXITSTATUS(job.status) == 5);
	buf_clear(&vga.seen);
	buf_clear(&serial.seen);
	close(vga.fd);
	consoles_close(&c);
}

/* Says yes the second time, and counts. */
static bool second_time(void *arg)
{
	return ++*(int *)arg == 2;
}

/* What was looked for comes while nobody has typed: the program is ended, and the screens are wiped. */
static void taken_over(void **state)
{
	char *argv[] = { (char *)"/bin/sh", (char *)"-c", (char *)script, NULL };
	int asked = 0;
	struct session_watch watch = { second_time, &asked, 600, true };
	struct consoles c = { .log_fd = -1 };
	struct person vga;
	struct job job = { .c = &c, .argv = argv, .watch = &watch, .r = -1, .status = -1 };
	pthread_t thread;

	(void)state;
	console_new(&c, &vga);
	assert_int_equal(pthread_create(&thread, NULL, work, &job), 0);
	wait_for(&vga, "term vt100");
	wait_for(&vga, "\033[2J");
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_true(watch.ended);
	assert_int_equal(asked, 2);
	assert_true(WIFSIGNALED(job.status) && WTERMSIG(job.status) == SIGTERM);
	buf_clear(&vga.seen);
	close(vga.fd);
	consoles_close(&c);
}

/* Once somebody has typed, or the time is over, nothing is looked for any more. */
static void not_taken_over(void **state)
{
	static const char slow[] = "echo ready; read a; sleep 3; echo \"got $a\"";
	char *argv[] = { (char *)"/bin/sh", (char *)"-c", (char *)slow, NULL };
	int asked = 1;
	struct session_watch watch = { second_time, &asked, 600, false };
	struct consoles c = { .log_fd = -1 };
	struct person vga;
	struct job job = { .c = &c, .argv = argv, .watch = &watch, .r = -1, .status = -1 };
	pthread_t thread;

	(void)state;
	console_new(&c, &vga);
	assert_int_equal(pthread_create(&thread, NULL, work, &job), 0);
	wait_for(&vga, "ready");
	assert_int_equal(write(vga.fd, "one\r", 4), 4);
	wait_for(&vga, "got ");
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_false(watch.ended);
	assert_int_equal(asked, 1);
	assert_true(WIFEXITED(job.status) && WEXITSTATUS(job.status) == 0);
	watch.seconds = 0;
	consoles_close(&c);
	close(vga.fd);
	console_new(&c, &vga);
	job.argv = (char *[]){ (char *)"/bin/sh", (char *)"-c", (char *)"sleep 3", NULL };
	assert_ptr_equal(work(&job), NULL);
	assert_int_equal(asked, 1);
	buf_clear(&vga.seen);
	close(vga.fd);
	consoles_close(&c);
}

static int say_words(char **words)
{
	printf("term %s, %s, %s, file 3 %s\n", getenv("TERM"), words[0], words[1],
	       fcntl(3, F_GETFD) < 0 ? "closed" : "open");
	return 7;
}

/* Without an exec: nothing of its parent's files is left to it. */
static void command(void **state)
{
	struct person vga = { 0 };
	struct consoles c = { .log_fd = -1 };
	struct job job = { .c = &c,
			   .command = say_words,
			   .argv = (char *[]){ (char *)"one", (char *)"two", NULL } };

	(void)state;
	console_new(&c, &vga);
	assert_ptr_equal(work(&job), NULL);
	wait_for(&vga, "term vt100, one, two, file 3 closed");
	assert_int_equal(job.r, 0);
	assert_true(WIFEXITED(job.status) && WEXITSTATUS(job.status) == 7);
	buf_clear(&vga.seen);
	close(vga.fd);
	consoles_close(&c);
}

static void no_program(void **state)
{
	char *argv[] = { (char *)"/nowhere/xenith", NULL };
	struct consoles c = { .log_fd = -1 };
	int status = 0;

	(void)state;
	assert_int_equal(session_run(&c, NULL, argv, NULL, &status, NULL), 0);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == ERR_SYS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both),           cmocka_unit_test(lost),       cmocka_unit_test(taken_over),
		cmocka_unit_test(not_taken_over), cmocka_unit_test(no_program), cmocka_unit_test(command),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
