#include "packages/kernel_jobs.h"

#include <dirent.h>
#include <pthread.h>

#include "base/file.h"
#include "base/util.h"
#include "packages/chroot.h"

#define TOOL_SECONDS 3600

struct kernel_jobs {
	const char *dir;
	struct door *door;
	bool initramfs;
	struct argv versions;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool go, stop;
	int r;
	struct err err;
};

static void find_kernels(struct kernel_jobs *jobs)
{
	auto_free char *path = path_join(jobs->dir, "usr/lib/modules");
	DIR *d = opendir(path);
	struct dirent *e;

	while (d && (e = readdir(d))) {
		auto_free char *kernel = xasprintf("%s/boot/vmlinuz-%s", jobs->dir, e->d_name);

		if (e->d_name[0] != '.' && file_exists(kernel))
			argv_add(&jobs->versions, e->d_name);
	}
	if (d)
		closedir(d);
	argv_sort_unique(&jobs->versions);
}

static int run_tool(struct kernel_jobs *jobs, const char *tool, const char *option, const char *value,
		    const char *version, struct err *err)
{
	auto_run run = { .chroot = jobs->dir, .timeout_s = TOOL_SECONDS };

	argv_add(&run.argv, tool);
	if (option)
		argv_addl(&run.argv, option, value, NULL);
	argv_add(&run.argv, version);
	chroot_run_setup(&run);
	return door_run(jobs->door, &run, err);
}

static bool wait_go(struct kernel_jobs *jobs)
{
	bool go;

	pthread_mutex_lock(&jobs->lock);
	while (!jobs->go && !jobs->stop)
		pthread_cond_wait(&jobs->changed, &jobs->lock);
	go = !jobs->stop;
	pthread_mutex_unlock(&jobs->lock);
	return go;
}

static bool has_update_initramfs(const struct kernel_jobs *jobs)
{
	auto_free char *tool = path_join(jobs->dir, "usr/sbin/update-initramfs");

	return file_exists(tool);
}

static int make_initramfs(struct kernel_jobs *jobs, struct err *err)
{
	int r = 0;

	for (size_t i = 0; i < jobs->versions.n && !r; i++)
		r = run_tool(jobs, "update-initramfs", "-c", "-k", jobs->versions.v[i], err);
	return r;
}

static void *run_jobs(void *arg)
{
	struct kernel_jobs *jobs = arg;

	for (size_t i = 0; i < jobs->versions.n && !jobs->r; i++)
		jobs->r = run_tool(jobs, "depmod", NULL, NULL, jobs->versions.v[i], &jobs->err);
	if (!jobs->r && jobs->initramfs && wait_go(jobs) && has_update_initramfs(jobs))
		jobs->r = make_initramfs(jobs, &jobs->err);
	return NULL;
}

struct kernel_jobs *kernel_jobs_start(const char *dir, bool initramfs, struct door *door)
{
	struct kernel_jobs *jobs = xcalloc(1, sizeof(*jobs));

	*jobs = (struct kernel_jobs){ .dir = dir, .door = door, .initramfs = initramfs };
	pthread_mutex_init(&jobs->lock, NULL);
	pthread_cond_init(&jobs->changed, NULL);
	if (!door->record)
		find_kernels(jobs);
	if (pthread_create(&jobs->thread, NULL, run_jobs, jobs))
		abort();
	return jobs;
}

static void signal_jobs(struct kernel_jobs *jobs, bool stop)
{
	pthread_mutex_lock(&jobs->lock);
	jobs->go = true;
	jobs->stop |= stop;
	pthread_cond_broadcast(&jobs->changed);
	pthread_mutex_unlock(&jobs->lock);
}

void kernel_jobs_go(struct kernel_jobs *jobs)
{
	signal_jobs(jobs, false);
}

int kernel_jobs_finish(struct kernel_jobs *jobs, int r, bool again, struct err *err)
{
	signal_jobs(jobs, r != 0);
	pthread_join(jobs->thread, NULL);
	if (!r && !jobs->r && again && jobs->initramfs && has_update_initramfs(jobs))
		jobs->r = make_initramfs(jobs, &jobs->err);
	if (!r && jobs->r)
		r = err_copy(err, &jobs->err);
	argv_clear(&jobs->versions);
	pthread_mutex_destroy(&jobs->lock);
	pthread_cond_destroy(&jobs->changed);
	free(jobs);
	return r;
}

/* The kernel's hook asks for the version first; no answer, no initramfs. The package's name is empty when its
 * trigger runs, after all that activated it was configured. */
int stand_ins_write(const char *dir, struct door *door, struct err *err)
{
	static const char depmod[] = "#!/bin/sh\nexit 0\n";
	static const char update[] =
		"#!/bin/sh\n"
		"[ \"$1\" = -u ] && echo \"$DPKG_MAINTSCRIPT_PACKAGE\" >>/" STAND_IN_CALLS "\n"
		"exit 0\n";
	auto_free char *folder = path_join(dir, STAND_IN_PATH);
	auto_free char *depmod_path = path_join(folder, "depmod");
	auto_free char *update_path = path_join(folder, "update-initramfs");
	int r = door_mkdirs(door, folder, 0755, err);

	if (!r)
		r = door_write(door, depmod_path, depmod, strlen(depmod), 0755, err);
	return r ? r : door_write(door, update_path, update, strlen(update), 0755, err);
}
