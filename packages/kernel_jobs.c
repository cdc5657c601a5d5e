#include "packages/kernel_jobs.h"

#include <dirent.h>
#include <pthread.h>

#include "base/file.h"
#include "base/util.h"
#include "packages/chroot.h"
#include "packages/stand_ins.h"
#include "packages/thin.h"
#include "packages/thin_initramfs.h"
#include "packages/timing.h"

#define TOOL_SECONDS 3600
#define CERTS_HOOKS  "etc/ca-certificates/update.d"

struct kernel_jobs {
	const char *dir;
	struct door *door;
	bool initramfs;
	struct pkg_progress *progress;
	struct argv versions;
	pthread_t thread, certs_thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool go, stop;
	bool certs, end; /* ca-certificates is configured; everything is */
	int r, certs_r;
	struct err err, certs_err;
};

void kernel_versions(const char *dir, struct argv *ret)
{
	auto_free char *path = path_join(dir, "usr/lib/modules");
	DIR *d = opendir(path);
	struct dirent *e;

	while (d && (e = readdir(d))) {
		auto_free char *kernel = xasprintf("%s/boot/vmlinuz-%s", dir, e->d_name);

		if (e->d_name[0] != '.' && file_exists(kernel))
			argv_add(ret, e->d_name);
	}
	if (d)
		closedir(d);
	argv_sort_unique(ret);
}

static int run_words(const struct kernel_jobs *jobs, struct run *run, struct err *err)
{
	struct phase phase = phase_begin(jobs->progress, run->argv.v[0]);
	int r;

	run->chroot = jobs->dir;
	run->timeout_s = TOOL_SECONDS;
	chroot_run_setup(run);
	r = door_run(jobs->door, run, err);
	phase.name = str_eq(run->argv.v[0], "depmod")             ? "depmod"
		     : str_eq(run->argv.v[0], "update-initramfs") ? "initramfs"
								  : "ca-certificates";
	phase_end_cpu(&phase, run->cpu_ms);
	return r;
}

static int depmod(const struct kernel_jobs *jobs, const char *version, bool thin, struct err *err)
{
	auto_run run = { 0 };

	argv_add(&run.argv, "depmod");
	if (thin)
		argv_addl(&run.argv, "-b", "/" THIN_DIR, "-o", "/", NULL);
	argv_add(&run.argv, version);
	return run_words(jobs, &run, err);
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

static int make_initramfs(const struct kernel_jobs *jobs, const char *version, struct err *err)
{
	auto_run run = { 0 };

	if (thin_initramfs(jobs->dir, version, jobs->door, jobs->progress))
		return 0;
	argv_addl(&run.argv, "update-initramfs", "-c", "-k", version, NULL);
	return run_words(jobs, &run, err);
}

static int make_all_initramfs(struct kernel_jobs *jobs, struct err *err)
{
	int r = 0;

	for (size_t i = 0; i < jobs->versions.n && !r; i++)
		r = make_initramfs(jobs, jobs->versions.v[i], err);
	return r;
}

/* What reads the thin copies fails with them where a kernel is of another kind; the true ones always do. */
static int list_modules(const struct kernel_jobs *jobs, const char *version, struct err *err)
{
	unsigned threads = (unsigned)MAX(sysconf(_SC_NPROCESSORS_ONLN) - 1, 1L);
	struct thin_tree *tree = thin_tree_start(jobs->dir, version, threads, jobs->door->log);
	struct err ignored = { 0 };
	struct phase phase = phase_begin(jobs->progress, "thin modules");
	bool thin = thin_tree_finish(tree, false);

	phase_end_cpu(&phase, 0);
	if (thin && !depmod(jobs, version, true, &ignored) && thin_tree_link_lists(jobs->dir, version))
		return 0;
	thin_tree_remove(jobs->dir, version);
	return depmod(jobs, version, false, err);
}

/* Hooks belong to other packages, which may not be configured yet. */
static bool has_certs_hooks(const struct kernel_jobs *jobs)
{
	auto_free char *path = path_join(jobs->dir, CERTS_HOOKS);
	DIR *d = opendir(path);
	struct dirent *e;
	bool found = false;

	while (d && (e = readdir(d)))
		found |= e->d_name[0] != '.';
	if (d)
		closedir(d);
	return found;
}

static int update_certs(struct kernel_jobs *jobs, struct err *err)
{
	auto_free char *calls = path_join(jobs->dir, STAND_IN_CERTS);
	bool at_end = has_certs_hooks(jobs);
	auto_run run = { 0 };

	pthread_mutex_lock(&jobs->lock);
	while (!jobs->end && (at_end || !jobs->certs))
		pthread_cond_wait(&jobs->changed, &jobs->lock);
	pthread_mutex_unlock(&jobs->lock);
	if (jobs->stop || !file_exists(calls))
		return 0;
	argv_add(&run.argv, "update-ca-certificates");
	return run_words(jobs, &run, err);
}

static void *run_jobs(void *arg)
{
	struct kernel_jobs *jobs = arg;

	for (size_t i = 0; i < jobs->versions.n && !jobs->r; i++)
		jobs->r = list_modules(jobs, jobs->versions.v[i], &jobs->err);
	if (!jobs->r && jobs->initramfs && wait_go(jobs) && has_update_initramfs(jobs))
		jobs->r = make_all_initramfs(jobs, &jobs->err);
	return NULL;
}

static void *run_certs(void *arg)
{
	struct kernel_jobs *jobs = arg;

	if (!jobs->door->record)
		jobs->certs_r = update_certs(jobs, &jobs->certs_err);
	return NULL;
}

struct kernel_jobs *kernel_jobs_start(const char *dir, bool initramfs, struct door *door,
				      struct pkg_progress *progress)
{
	struct kernel_jobs *jobs = xcalloc(1, sizeof(*jobs));

	*jobs = (struct kernel_jobs){
		.dir = dir, .door = door, .initramfs = initramfs, .progress = progress
	};
	pthread_mutex_init(&jobs->lock, NULL);
	pthread_cond_init(&jobs->changed, NULL);
	if (!door->record)
		kernel_versions(dir, &jobs->versions);
	if (pthread_create(&jobs->thread, NULL, run_jobs, jobs) ||
	    pthread_create(&jobs->certs_thread, NULL, run_certs, jobs))
		abort();
	return jobs;
}

static void signal_jobs(struct kernel_jobs *jobs, bool *what)
{
	pthread_mutex_lock(&jobs->lock);
	*what = true;
	pthread_cond_broadcast(&jobs->changed);
	pthread_mutex_unlock(&jobs->lock);
}

void kernel_jobs_go(struct kernel_jobs *jobs)
{
	signal_jobs(jobs, &jobs->go);
}

void kernel_jobs_configured(struct kernel_jobs *jobs, const char *package)
{
	if (str_eq(package, "ca-certificates"))
		signal_jobs(jobs, &jobs->certs);
}

int kernel_jobs_finish(struct kernel_jobs *jobs, int r, bool again, struct err *err)
{
	if (r)
		signal_jobs(jobs, &jobs->stop);
	signal_jobs(jobs, &jobs->go);
	signal_jobs(jobs, &jobs->end);
	pthread_join(jobs->thread, NULL);
	pthread_join(jobs->certs_thread, NULL);
	if (!r && !jobs->r && again && jobs->initramfs && has_update_initramfs(jobs))
		jobs->r = make_all_initramfs(jobs, &jobs->err);
	if (!r && jobs->r)
		r = err_copy(err, &jobs->err);
	if (!r && jobs->certs_r)
		r = err_copy(err, &jobs->certs_err);
	argv_clear(&jobs->versions);
	pthread_mutex_destroy(&jobs->lock);
	pthread_cond_destroy(&jobs->changed);
	free(jobs);
	return r;
}
