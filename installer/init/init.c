#include "installer/init/init.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/reboot.h>
#include <sys/wait.h>

#include "base/util.h"
#include "installer/init/worker.h"

static volatile sig_atomic_t interrupted;

/* Ctrl-Alt-Del, once the kernel was told to leave it to us. */
static void on_int(int sig)
{
	(void)sig;
	interrupted = 1;
}

static void set_environment(void)
{
	clearenv();
	setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", 1);
	setenv("HOME", "/root", 1);
	setenv("TERM", "linux", 1);
	setenv("LANG", "C.UTF-8", 1);
}

static pid_t start_worker(const char *version, session_command *install)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	signal(SIGINT, SIG_DFL);
	setsid();
	worker_run(version, install);
	_exit(1);
}

/* Reap until pid is among the dead. Its status, or -1 if Ctrl-Alt-Del came. */
static int reap_until(pid_t pid)
{
	for (;;) {
		int status;
		pid_t dead = wait(&status);

		if (interrupted)
			return -1;
		if (dead == pid)
			return status;
		if (dead < 0 && errno == ECHILD)
			return 0;
	}
}

static void say(const char *text)
{
	int fd = open("/dev/console", O_WRONLY | O_NOCTTY | O_CLOEXEC);

	if (fd < 0)
		return;
	dprintf(fd, "xenith: %s\n", text);
	close(fd);
}

/* For when the worker itself died: on /dev/console, with nothing but what must be there. */
static pid_t emergency_shell(void)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	setsid();
	for (int fd = 0; fd < 3; fd++)
		close(fd);
	if (open("/dev/console", O_RDWR) == 0 && dup(0) >= 0 && dup(0) >= 0)
		execl("/bin/sh", "-sh", (char *)NULL);
	sleep(10);
	_exit(1);
}

int init_run(const char *version, session_command *install, struct err *err)
{
	struct sigaction act = { .sa_handler = on_int };

	if (getpid() != 1)
		return err_set(err, ERR_USAGE,
			       "init is the boot medium's process 1 and cannot be started by hand");
	set_environment();
	sigaction(SIGINT, &act, NULL);
	reboot(RB_DISABLE_CAD);
	for (;;) {
		pid_t pid = start_worker(version, install);
		int status;

		if (pid > 0 && reap_until(pid) >= 0) {
			say("init's worker ended; a shell instead, \"exit\" starts it again");
			pid = emergency_shell();
			status = pid > 0 ? reap_until(pid) : 0;
			(void)status;
		}
		if (interrupted) {
			sync();
			reboot(RB_AUTOBOOT);
		}
		sleep(1);
	}
}
