#include "installer/holders.h"

#include <ctype.h>
#include <dirent.h>
#include <signal.h>

#include "base/file.h"
#include "base/util.h"
#include "installer/disk/plan.h"

#define TRIES  25
#define TRY_US 200000

static bool link_below(const char *link, const char *dir)
{
	char target[PATH_MAX];
	ssize_t n = readlink(link, target, sizeof(target) - 1);

	if (n < 0)
		return false;
	target[n] = '\0';
	return disk_path_below(target, dir);
}

static bool holds(const char *pid, const char *dir)
{
	static const char *const links[] = { "root", "cwd", "exe" };
	auto_free char *fds = xasprintf("/proc/%s/fd", pid);
	bool found = false;
	DIR *d;

	for (size_t i = 0; i < ARRAY_SIZE(links) && !found; i++) {
		auto_free char *link = xasprintf("/proc/%s/%s", pid, links[i]);

		found = link_below(link, dir);
	}
	d = found ? NULL : opendir(fds);
	for (struct dirent *e; d && !found && (e = readdir(d));) {
		auto_free char *link = path_join(fds, e->d_name);

		found = link_below(link, dir);
	}
	if (d)
		closedir(d);
	return found;
}

/* How many there are; each is killed, and told to the log the first time. */
static size_t kill_all(const char *dir, struct log *log, bool told)
{
	DIR *d = opendir("/proc");
	size_t n = 0;

	for (struct dirent *e; d && (e = readdir(d));) {
		pid_t pid = isdigit((unsigned char)e->d_name[0]) ? (pid_t)strtol(e->d_name, NULL, 10) : 0;

		if (pid <= 1 || pid == getpid() || !holds(e->d_name, dir))
			continue;
		if (!told) {
			auto_free char *path = xasprintf("/proc/%s/comm", e->d_name);
			auto_free char *name = file_line(path);

			log_printf(log, "kill %s (%s), which is at work below %s", e->d_name,
				   name ? name : "?", dir);
		}
		kill(pid, SIGKILL);
		n++;
	}
	if (d)
		closedir(d);
	return n;
}

struct job {
	const char *dir;
	struct log *log;
};

static int stop_fn(void *arg, struct err *err)
{
	const struct job *job = arg;

	(void)err;
	for (int i = 0; i < TRIES && kill_all(job->dir, job->log, i); i++)
		usleep(TRY_US);
	return 0;
}

void holders_stop(const char *dir, struct door *door)
{
	auto_free char *what = xasprintf("stop what is at work below %s", dir);
	struct job job = { dir, door->log };

	door_call(door, what, stop_fn, &job, NULL);
}
