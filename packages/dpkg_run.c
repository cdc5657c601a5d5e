#include "packages/dpkg_run.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>

#include "base/util.h"
#include "packages/chroot.h"
#include "packages/timing.h"

#define DPKG_SECONDS 3600

/* dpkg's --status-fd lines, see dpkg(1): "status: NAME: installed", "status: NAME : error : why". */
struct watch {
	const struct dpkg_run *run;
	int read_fd, write_fd;
	struct argv failed; /* "NAME: why" */
	pthread_t thread;
	double script_s; /* when the last script began */
};

static double now_s(void)
{
	return (double)clock_ms(CLOCK_MONOTONIC) / 1e3;
}

static bool is_configured(const char *state)
{
	return str_eq(state, "installed") || str_eq(state, "triggers-awaited") ||
	       str_eq(state, "triggers-pending");
}

static void watch_line(struct watch *w, char *line)
{
	static const char error[] = " : error : ";
	const char *name = line + strlen("status: ");
	char *why = strstr(line, error);
	auto_argv words = { 0 };

	if (!str_starts(line, "status: "))
		return;
	if (why) {
		*why = '\0';
		argv_addf(&w->failed, "%s: %s", name, why + strlen(error));
		return;
	}
	argv_split(&words, name, " :");
	if (words.n >= 2 && str_eq(words.v[words.n - 1], "half-configured"))
		w->script_s = now_s();
	else if (words.n >= 2 && is_configured(words.v[words.n - 1]) && w->script_s > 0) {
		timing_script(w->run->progress, words.v[0], now_s() - w->script_s);
		w->script_s = 0;
	}
	if (words.n >= 2 && is_configured(words.v[words.n - 1]) && w->run->configured)
		w->run->configured(w->run->arg, words.v[0]);
}

static void *watch_thread(void *arg)
{
	struct watch *w = arg;
	auto_buf pending = { 0 };
	char data[4096];
	ssize_t n;

	while ((n = read(w->read_fd, data, sizeof(data))) > 0 || (n < 0 && errno == EINTR)) {
		char *nl;

		if (n < 0)
			continue;
		buf_add(&pending, data, (size_t)n);
		while ((nl = memchr(pending.data, '\n', pending.len))) {
			size_t len = (size_t)(nl - pending.data) + 1;

			*nl = '\0';
			watch_line(w, pending.data);
			memmove(pending.data, pending.data + len, pending.len - len + 1);
			pending.len -= len;
		}
	}
	return NULL;
}

static int in_child(void *arg)
{
	const struct watch *w = arg;

	if (dup2(w->write_fd, 3) < 0)
		return -1;
	if (w->write_fd == 3)
		fcntl(3, F_SETFD, 0);
	return chroot_skip_syncs(NULL);
}

static void make_env(const struct dpkg_run *run, char *const *from, struct argv *env)
{
	static const char path[] = "PATH=";

	for (; *from; from++) {
		if (run->path_first && str_starts(*from, path))
			argv_addf(env, "PATH=%s:%s", run->path_first, *from + strlen(path));
		else
			argv_add(env, *from);
	}
}

static int explain(const struct watch *w, struct err *err)
{
	auto_buf b = { 0 };

	for (size_t i = 0; i < w->failed.n; i++)
		buf_addf(&b, "%s%s", i ? "; " : "", w->failed.v[i]);
	if (!w->failed.n)
		return -ERR_TOOL;
	err_about(err, ERR_PKG_SCRIPT, false);
	return err_wrap(err, "package %s", buf_str(&b));
}

int dpkg_run(const struct dpkg_run *run, const struct argv *words, struct err *err)
{
	auto_run child = { .chroot = run->dir, .timeout_s = DPKG_SECONDS };
	struct watch w = { .run = run };
	struct phase phase = phase_begin(run->progress, run->phase);
	auto_argv env = { 0 };
	int fds[2], r;

	if (pipe2(fds, O_CLOEXEC))
		return err_sys(err, "cannot make a pipe for dpkg");
	w.read_fd = fds[0];
	w.write_fd = fds[1];
	argv_addl(&child.argv, "dpkg", "--status-fd", "3", "--force-unsafe-io", "--force-confdef",
		  "--force-confold", NULL);
	argv_addv(&child.argv, words->v);
	chroot_run_setup(&child);
	make_env(run, child.env, &env);
	child.env = env.v;
	child.in_child = in_child;
	child.arg = &w;
	if (pthread_create(&w.thread, NULL, watch_thread, &w))
		abort();
	r = door_run(run->door, &child, err);
	close(fds[1]);
	pthread_join(w.thread, NULL);
	close(fds[0]);
	phase_end_cpu(&phase, child.cpu_ms);
	if (r)
		r = explain(&w, err);
	argv_clear(&w.failed);
	return r;
}
