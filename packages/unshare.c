#include "packages/unshare.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "base/argv.h"
#include "base/file.h"
#include "base/run.h"
#include "base/util.h"

#define NAMESPACES (CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC)

/* subuid(5): "NAME:FIRST:COUNT", by name or number. */
static int find_range(const char *file, uint64_t ret[2], struct err *err)
{
	const struct passwd *pw = getpwuid(getuid());
	auto_free char *number = xasprintf("%u", getuid());
	auto_argv lines = { 0 };
	auto_buf text = { 0 };

	if (file_exists(file) && !file_read(file, &text, NULL))
		argv_split(&lines, buf_str(&text), "\n");
	for (size_t i = 0; i < lines.n; i++) {
		auto_argv w = { 0 };

		argv_split(&w, lines.v[i], ":");
		if (w.n == 3 && (str_eq(w.v[0], number) || (pw && str_eq(w.v[0], pw->pw_name))) &&
		    str_u64(w.v[1], &ret[0]) && str_u64(w.v[2], &ret[1]) && ret[1] >= UNSHARE_COUNT - 1)
			return 0;
	}
	return err_set(err, ERR_PKG_UNSHARE,
		       "%s has no range of %u ids for %s: add one (usermod --add-subuids), or run as root",
		       file, UNSHARE_COUNT - 1, pw ? pw->pw_name : number);
}

static int write_map(pid_t child, const char *kind, struct err *err)
{
	auto_free char *path = xasprintf("/proc/%ld/%s_map", (long)child, kind);
	auto_free char *map = xasprintf("0 %u %u\n", UNSHARE_FIRST, UNSHARE_COUNT);
	auto_close int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, map, strlen(map)) < 0)
		return err_sys(err, "cannot write %s", path);
	return 0;
}

static int run_newidmap(pid_t child, const char *kind, unsigned own, struct err *err)
{
	auto_free char *file = xasprintf("/etc/sub%s", kind);
	auto_run run = { .timeout_s = 60 };
	uint64_t range[2] = { 0, 0 };
	int r = find_range(file, range, err);

	if (r)
		return r;
	argv_addf(&run.argv, "new%smap", kind);
	argv_addf(&run.argv, "%ld", (long)child);
	argv_addl(&run.argv, "0", NULL);
	argv_addf(&run.argv, "%u", own);
	argv_addl(&run.argv, "1", "1", NULL);
	argv_addf(&run.argv, "%llu", (unsigned long long)range[0]);
	argv_addf(&run.argv, "%u", UNSHARE_COUNT - 1);
	r = run_argv(&run, err);
	if (r)
		err_about(err, ERR_PKG_UNSHARE, false);
	return r ? err_wrap(err, "the package uidmap has newuidmap and newgidmap") : 0;
}

static int map_ids(pid_t child, struct err *err)
{
	bool root = geteuid() == 0;
	int r = root ? write_map(child, "uid", err) : run_newidmap(child, "uid", getuid(), err);

	if (!r)
		r = root ? write_map(child, "gid", err) : run_newidmap(child, "gid", getgid(), err);
	return r;
}

/* Become root of the namespaces, once this process is mapped, as the first process of the PID namespace. */
static int become_root(int go, struct err *err)
{
	pid_t child;
	int status;
	char c;

	if (read(go, &c, 1) != 1)
		_exit(ERR_MACHINE); /* the other one says why */
	if (setresgid(0, 0, 0) || setresuid(0, 0, 0) || setgroups(0, NULL))
		return err_sys(err, "cannot become root of a user namespace");
	child = fork();
	if (child < 0)
		return err_sys(err, "cannot fork");
	if (child > 0) {
		while (waitpid(child, &status, 0) < 0 && errno == EINTR)
			;
		_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (mount("none", "/", NULL, MS_REC | MS_SLAVE, NULL))
		return err_sys(err, "cannot make mounts private");
	/* The one of the new PID namespace; where parts of /proc are hidden, as in containers, the old one
	 * stays. */
	if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NOEXEC | MS_NODEV, NULL))
		errno = 0;
	return 0;
}

void unshare_mounts(void)
{
	if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_SLAVE, NULL))
		errno = 0;
}

int unshare_enter(int *status, struct err *err)
{
	int ready[2], go[2], r, raw = 0;
	char c = 0;
	pid_t child;

	if (pipe2(ready, O_CLOEXEC) || pipe2(go, O_CLOEXEC))
		return err_sys(err, "cannot make a pipe");
	fflush(NULL);
	child = fork();
	if (child < 0)
		return err_sys(err, "cannot fork");
	if (!child) {
		close(go[1]);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (unshare(NAMESPACES)) {
			r = err_set(err, ERR_PKG_UNSHARE, "no user namespace: %s; run as root",
				    strerror(errno));
			fprintf(stderr, "xenith: %s\n%s: %s\n", err->msg, err_entry(err)->code,
				err_entry(err)->next);
			_exit(ERR_MACHINE);
		}
		if (write(ready[1], &c, 1) != 1)
			_exit(ERR_SYS);
		close(ready[1]);
		r = become_root(go[0], err);
		close(go[0]);
		return r;
	}
	close(ready[1]);
	close(go[0]);
	r = read(ready[0], &c, 1) == 1 ? map_ids(child, err) : 0;
	if (!r && write(go[1], &c, 1) != 1)
		r = 0; /* it ended: its status says why */
	close(go[1]);
	close(ready[0]);
	while (waitpid(child, &raw, 0) < 0 && errno == EINTR)
		;
	*status = WIFEXITED(raw) ? WEXITSTATUS(raw) : ERR_SYS;
	return r ? r : 1;
}
