#include "base/run.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "base/util.h"

#define KILLED_TRIES 50
#define KILLED_US    100000
#define TAIL_MAX     1500
#define EXIT_NO_EXEC 127

void run_clear(struct run *run)
{
	argv_clear(&run->argv);
}

struct child {
	pid_t pid;
	int in, out, errout; /* our ends; -1: none */
	int exec_errno;      /* read end of the pipe that reports a failed exec */
};

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void child_side(const struct run *run, int in, int out, int errout, int report)
{
	sigset_t none;
	int e;

	/* Nobody would wait for it any more. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	if (dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(errout, 2) < 0)
		goto fail;
	if (run->own_mounts && (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL)))
		goto fail;
	if (run->chroot && (chroot(run->chroot) || chdir("/")))
		goto fail;
	if (run->in_child && run->in_child(run->arg)) {
		errno = EPERM;
		goto fail;
	}
	if (run->env)
		environ = (char **)run->env;
	execvp(run->argv.v[0], run->argv.v);
fail:
	e = errno;
	if (write(report, &e, sizeof(e)) < 0)
		_exit(EXIT_NO_EXEC - 1);
	_exit(EXIT_NO_EXEC);
}

static int start(const struct run *run, struct child *c, struct err *err)
{
	int in[2] = { -1, -1 }, out[2] = { -1, -1 }, errout[2] = { -1, -1 }, report[2] = { -1, -1 };
	int r = 0;

	if (run->stdin_data) {
		if (pipe2(in, O_CLOEXEC))
			r = -1;
	} else {
		in[0] = open("/dev/null", O_RDONLY | O_CLOEXEC);
	}
	if (r || in[0] < 0 || pipe2(out, O_CLOEXEC) || pipe2(errout, O_CLOEXEC) || pipe2(report, O_CLOEXEC)) {
		r = err_sys(err, "cannot make pipes for %s", run->argv.v[0]);
		goto out;
	}
	c->pid = fork();
	if (c->pid < 0) {
		r = err_sys(err, "cannot fork for %s", run->argv.v[0]);
		goto out;
	}
	if (c->pid == 0)
		child_side(run, in[0], out[1], errout[1], report[1]);
	c->in = in[1];
	c->out = out[0];
	c->errout = errout[0];
	c->exec_errno = report[0];
	in[1] = out[0] = errout[0] = report[0] = -1;
out:
	for (int i = 0; i < 2; i++) {
		close_fd(&in[i]);
		close_fd(&out[i]);
		close_fd(&errout[i]);
		close_fd(&report[i]);
	}
	return r;
}

/* Log the whole lines of pending; the rest stays. At the end of the stream, all of it. */
static void log_lines(const struct run *run, const char *prog, struct buf *pending, bool end)
{
	size_t n = pending->len;

	while (!end && n && pending->data[n - 1] != '\n')
		n--;
	if (!n)
		return;
	log_text(run->log, prog, pending->data, n);
	memmove(pending->data, pending->data + n, pending->len - n + 1);
	pending->len -= n;
}

static void keep_tail(struct buf *tail, const char *data, size_t len)
{
	buf_add(tail, data, len);
	if (tail->len > 2 * TAIL_MAX) {
		memmove(tail->data, tail->data + tail->len - TAIL_MAX, TAIL_MAX + 1);
		tail->len = TAIL_MAX;
	}
}

/* Read once from *fd; closes it at its end. */
static void pump_out(const struct run *run, int *fd, struct buf *sink, struct buf *pending, struct buf *tail)
{
	char data[16384];
	ssize_t n = read(*fd, data, sizeof(data));

	if (n < 0 && errno == EINTR)
		return;
	if (n <= 0) {
		log_lines(run, run->argv.v[0], pending, true);
		close_fd(fd);
		return;
	}
	if (sink) {
		buf_add(sink, data, (size_t)n);
		return;
	}
	keep_tail(tail, data, (size_t)n);
	buf_add(pending, data, (size_t)n);
	log_lines(run, run->argv.v[0], pending, false);
}

static void pump_in(const struct run *run, int *fd, size_t *done)
{
	ssize_t n = write(*fd, run->stdin_data + *done, run->stdin_len - *done);

	if (n > 0)
		*done += (size_t)n;
	if ((n < 0 && errno != EINTR && errno != EAGAIN) || *done >= run->stdin_len)
		close_fd(fd);
}

/* Returns true when the time ran out (and the child was killed). */
static bool pump(const struct run *run, struct child *c, struct buf *tail)
{
	int64_t deadline = run->timeout_s ? clock_ms(CLOCK_MONOTONIC) + (int64_t)run->timeout_s * 1000 : 0;
	auto_buf pending_out = { 0 };
	auto_buf pending_err = { 0 };
	size_t sent = 0;

	if (c->in >= 0)
		fcntl(c->in, F_SETFL, O_NONBLOCK);
	while (c->out >= 0 || c->errout >= 0) {
		struct pollfd p[3] = { { c->in, POLLOUT, 0 },
				       { c->out, POLLIN, 0 },
				       { c->errout, POLLIN, 0 } };
		int64_t left = deadline ? deadline - clock_ms(CLOCK_MONOTONIC) : -1;

		if (deadline && left <= 0) {
			kill(c->pid, SIGKILL);
			return true;
		}
		if (poll(p, 3, deadline ? (int)left : -1) < 0 && errno != EINTR)
			return false;
		if (c->in >= 0 && p[0].revents)
			pump_in(run, &c->in, &sent);
		if (c->out >= 0 && p[1].revents)
			pump_out(run, &c->out, run->out, &pending_out, tail);
		if (c->errout >= 0 && p[2].revents)
			pump_out(run, &c->errout, NULL, &pending_err, tail);
	}
	return false;
}

static int verdict(const struct run *run, int status, bool timed_out, int exec_errno, struct buf *tail,
		   struct err *err)
{
	auto_buf why = { 0 };
	auto_buf cmd = { 0 };

	if (WIFEXITED(status) && !timed_out && !exec_errno &&
	    (WEXITSTATUS(status) == 0 || (run->ok_status && WEXITSTATUS(status) == run->ok_status)))
		return 0;
	if (exec_errno)
		buf_addf(&why, "cannot run it: %s", strerror(exec_errno));
	else if (timed_out)
		buf_addf(&why, "killed after %u seconds", run->timeout_s);
	else if (WIFSIGNALED(status))
		buf_addf(&why, "killed by signal %d (%s)", WTERMSIG(status), strsignal(WTERMSIG(status)));
	else
		buf_addf(&why, "exit status %d", WEXITSTATUS(status));
	argv_quote(&run->argv, &cmd);
	while (tail->len && tail->data[tail->len - 1] == '\n')
		tail->data[--tail->len] = '\0';
	if (tail->len) {
		const char *from = tail->len > TAIL_MAX ? tail->data + tail->len - TAIL_MAX : tail->data;

		buf_addf(&why, "; it said:\n%s", from);
	}
	log_mask_buf(run->log, &cmd);
	log_mask_buf(run->log, &why);
	return err_set(err, ERR_TOOL, "%s: %s", buf_str(&cmd), buf_str(&why));
}

/* One that was killed may hang in the kernel, on storage that is gone: it is left behind after a while. */
static void reap(pid_t pid, bool killed, int *status, uint64_t *cpu_ms)
{
	struct rusage used = { 0 };

	for (int i = 0; killed && i < KILLED_TRIES; i++) {
		if (waitpid(pid, status, WNOHANG) == pid)
			return;
		usleep(KILLED_US);
	}
	while (!killed && wait4(pid, status, 0, &used) < 0 && errno == EINTR)
		;
	*cpu_ms = (uint64_t)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000 +
		  (uint64_t)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1000;
}

int run_argv(struct run *run, struct err *err)
{
	struct child c = { .pid = -1, .in = -1, .out = -1, .errout = -1, .exec_errno = -1 };
	void (*old_pipe)(int) = signal(SIGPIPE, SIG_IGN);
	auto_buf tail = { 0 };
	auto_buf cmd = { 0 };
	int exec_errno = 0, status = 0, r;
	bool timed_out;

	argv_quote(&run->argv, &cmd);
	log_printf(run->log, "run: %s", buf_str(&cmd));
	r = start(run, &c, err);
	if (r)
		goto out;
	timed_out = pump(run, &c, &tail);
	close_fd(&c.in);
	close_fd(&c.out);
	close_fd(&c.errout);
	reap(c.pid, timed_out, &status, &run->cpu_ms);
	if (timed_out || read(c.exec_errno, &exec_errno, sizeof(exec_errno)) < (ssize_t)sizeof(exec_errno))
		exec_errno = 0;
	close_fd(&c.exec_errno);
	r = verdict(run, status, timed_out, exec_errno, &tail, err);
out:
	signal(SIGPIPE, old_pipe);
	return r;
}

int run_argvl(struct log *log, unsigned timeout_s, struct err *err, ...)
{
	auto_run run = { .log = log, .timeout_s = timeout_s };
	va_list ap;

	va_start(ap, err);
	argv_vaddl(&run.argv, ap);
	va_end(ap);
	return run_argv(&run, err);
}
