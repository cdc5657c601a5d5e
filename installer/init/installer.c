/* The installer as a child of the worker: with a kickstart file, or by asking for what would be in it. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <sys/wait.h>

#include "base/file.h"
#include "base/util.h"
#include "installer/init/init.h"
#include "installer/init/setup.h"
#include "installer/init/worker_priv.h"
#include "installer/ks_source.h"

/* A medium labelled so is looked for when no ks= says where the kickstart file is: /ks.cfg on it. */
static const char *const ks_medium_labels[] = { "XENITHKS", "OEMDRV" };

static void install_side(struct worker *w, int out)
{
	char *words[] = { (char *)"--ks-from-cmdline", w->json ? (char *)"--json" : NULL, NULL };
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	dup2(null, 0);
	dup2(out, 1);
	dup2(out, 2);
	session_become(w->install, words);
}

/* Copy what the child says to the consoles until it has ended (daemons that it left may keep the pipe). */
static void relay(struct worker *w, int fd, int pidfd)
{
	struct pollfd p[2] = { { fd, POLLIN, 0 }, { pidfd, POLLIN, 0 } };
	char data[4096];

	fcntl(fd, F_SETFL, O_NONBLOCK);
	for (bool ended = false; !ended;) {
		ssize_t n;

		if (poll(p, 2, -1) < 0 && errno != EINTR)
			return;
		ended = p[1].revents;
		while ((n = read(fd, data, sizeof(data))) > 0)
			consoles_write(&w->con, data, (size_t)n);
		if (n == 0)
			p[0].fd = -1;
	}
}

int worker_ended(int status, struct err *err)
{
	if (WIFSIGNALED(status))
		return err_set(err, ERR_RUN_KILLED, "the installer was killed by signal %d (%s)",
			       WTERMSIG(status), strsignal(WTERMSIG(status)));
	if (WEXITSTATUS(status))
		return err_set(err, ERR_TOOL, "the installer failed with status %d", WEXITSTATUS(status));
	return 0;
}

void worker_kickstart_urls(struct argv *ret)
{
	auto_buf cmdline = { 0 };

	file_read("/proc/cmdline", &cmdline, NULL);
	ks_source_list(buf_str(&cmdline), ret);
}

/* Whether nobody said where the kickstart file is: then it is asked for. */
static bool attended(void)
{
	auto_argv urls = { 0 };

	worker_kickstart_urls(&urls);
	return urls.n == 0;
}

bool worker_second_medium(void *arg)
{
	struct worker *w = arg;
	struct err err = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(ks_medium_labels); i++) {
		auto_free char *node = xasprintf("/dev/disk/by-label/%s", ks_medium_labels[i]);
		auto_free char *word = xasprintf("ks=hd:LABEL=%s:/ks.cfg", ks_medium_labels[i]);

		if (!file_exists(node))
			continue;
		w->label = ks_medium_labels[i];
		if (!setup_cmdline_add(word, &err))
			return true;
		log_printf(w->log, "%s", err.msg);
	}
	return false;
}

/*
 * The dialog, on all consoles at once; and a shell on the screen's second terminal, where there is a screen.
 * It is there at once, and goes away again for a second medium that comes before anybody has pressed a key:
 * devices behind USB come late.
 */
static int run_dialog(struct worker *w, struct err *err)
{
	char *words[] = { (char *)"--ks-from-cmdline", NULL };
	static const struct console second = { .path = "/dev/tty2" };
	int status = 0, r;

	unlink(INIT_END_FILE);
	if (w->second <= 0 || kill(w->second, 0))
		w->second = file_exists(second.path) ? console_shell(&second) : -1;
	r = session_run(&w->con, w->install, words, &w->medium, &status, err);
	w->medium.seconds = 0;
	return r ? r : worker_ended(status, err);
}

static int run_install(struct worker *w, struct err *err)
{
	auto_close int in = -1;
	auto_close int out = -1;
	auto_close int pidfd = -1;
	int pipes[2], status = 0;
	pid_t pid;

	unlink(INIT_END_FILE);
	if (pipe2(pipes, O_CLOEXEC))
		return err_sys(err, "cannot make a pipe");
	in = pipes[0];
	out = pipes[1];
	fflush(NULL);
	pid = fork();
	if (pid < 0)
		return err_sys(err, "cannot fork");
	if (pid == 0)
		install_side(w, out);
	close(out);
	out = -1;
	pidfd = pidfd_open(pid, 0);
	relay(w, in, pidfd);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return worker_ended(status, err);
}

int worker_install(struct worker *w, struct err *err)
{
	int r;

	if (!attended())
		return run_install(w, err);
	if (!worker_second_medium(w)) {
		r = run_dialog(w, err);
		if (!w->medium.ended)
			return r;
	}
	consoles_printf(&w->con, "xenith: kickstart file from the medium %s\n", w->label);
	return run_install(w, err);
}
