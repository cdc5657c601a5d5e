#include "guest/batch.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>

#include "base/util.h"

struct running {
	struct batch_job *job;
	pid_t pid;
	int fd; /* its message */
};

static void child(struct batch_job *job, int fd, int (*fn)(struct batch_job *job, struct err *err))
{
	struct err err = { 0 };
	int r = fn(job, &err);
	size_t len = strcspn(err.msg, "\n");

	/* The parent sees a message that is cut, at worst. */
	if (r && write(fd, err.msg, MIN(len, sizeof(job->msg) - 1)) < 0)
		_exit(ERR_SYS);
	fflush(stdout);
	_exit(r < 0 ? -r : r);
}

static int start(struct batch_job *job, struct running *ret,
		 int (*fn)(struct batch_job *job, struct err *err), struct err *err)
{
	int ends[2];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC))
		return err_sys(err, "cannot make a pipe");
	fflush(stdout);
	pid = fork();
	if (pid < 0) {
		close(ends[0]);
		close(ends[1]);
		return err_sys(err, "cannot start a child");
	}
	if (!pid) {
		close(ends[0]);
		child(job, ends[1], fn);
	}
	close(ends[1]);
	*ret = (struct running){ .job = job, .pid = pid, .fd = ends[0] };
	return 0;
}

static void end(struct running *r, int status)
{
	ssize_t n;

	do
		n = read(r->fd, r->job->msg, sizeof(r->job->msg) - 1);
	while (n < 0 && errno == EINTR);
	r->job->msg[n > 0 ? n : 0] = '\0';
	close(r->fd);
	r->job->status = WIFEXITED(status) ? WEXITSTATUS(status) : ERR_SYS;
	if (WIFSIGNALED(status))
		snprintf(r->job->msg, sizeof(r->job->msg), "killed by signal %d", WTERMSIG(status));
}

static void wait_one(struct running *runs, size_t *n, size_t *failed,
		     void (*done)(const struct batch_job *job))
{
	int status;
	pid_t pid;

	do
		pid = waitpid(-1, &status, 0);
	while (pid < 0 && errno == EINTR);
	for (size_t i = 0; i < *n; i++)
		if (runs[i].pid == pid) {
			end(&runs[i], status);
			*failed += runs[i].job->status != 0;
			done(runs[i].job);
			runs[i] = runs[--*n];
			return;
		}
}

int batch_run(struct batch_job *jobs, size_t n, size_t parallel,
	      int (*fn)(struct batch_job *job, struct err *err), void (*done)(const struct batch_job *job),
	      struct err *err)
{
	struct running *runs = xcalloc(parallel ? parallel : 1, sizeof(*runs));
	size_t running = 0, failed = 0;
	int r = 0;

	for (size_t i = 0; !r && i < n; i++) {
		while (running >= MAX(parallel, 1))
			wait_one(runs, &running, &failed, done);
		r = start(&jobs[i], &runs[running], fn, err);
		running += !r;
	}
	while (running)
		wait_one(runs, &running, &failed, done);
	free(runs);
	return r ? r : (int)failed;
}
