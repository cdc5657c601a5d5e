#include "base/file.h"
#include "base/util.h"
#include "packages/chroot.h"
#include "packages/dpkg_run.h"
#include "packages/kernel_jobs.h"
#include "packages/order.h"
#include "packages/packages.h"
#include "packages/stand_ins.h"

/* All that configuring needs while it runs. */
struct configure {
	const char *dir;
	const struct pkg_configure_opts *opts;
	struct door *door;
	struct pkg_progress *progress;
	struct order order;
	struct kernel_jobs *jobs;
	uint64_t done, total;
	size_t n_waited; /* packages that the initramfs still waits for */
	struct argv waited;
};

static void on_configured(void *arg, const char *name)
{
	struct configure *c = arg;

	c->done = MIN(c->done + 1, c->total);
	if (c->progress && c->progress->fn)
		c->progress->fn(c->progress->arg, "configure", c->done, c->total, name);
	kernel_jobs_configured(c->jobs, name);
	/* Each counts once, whatever states it goes through. */
	for (size_t i = 0; i < c->waited.n; i++)
		if (str_eq(c->waited.v[i], name)) {
			c->waited.v[i][0] = '\0';
			if (!--c->n_waited)
				kernel_jobs_go(c->jobs);
			return;
		}
}

static int preseed(const struct configure *c, struct err *err)
{
	auto_run run = { .chroot = c->dir,
			 .stdin_data = c->opts->debconf,
			 .stdin_len = strlen(c->opts->debconf),
			 .timeout_s = 120 };

	argv_add(&run.argv, "debconf-set-selections");
	chroot_run_setup(&run);
	return door_run(c->door, &run, err);
}

static int make_order(struct configure *c, struct err *err)
{
	int r = c->door->record ? 0 : order_make(c->dir, &c->order, err);

	c->total = c->order.first.n + c->order.rest.n;
	c->n_waited = c->order.n_initramfs;
	for (size_t i = 0; i < c->n_waited; i++)
		argv_add(&c->waited, c->order.rest.v[i]);
	if (!r && !c->n_waited)
		kernel_jobs_go(c->jobs);
	return r;
}

/*
 * First the user database and awk, which scripts use without a dependency: they are essential, and dpkg knows
 * of dependencies alone. Then the base system and what the initramfs waits for, in a run of its own, because
 * dpkg leaves what depends on itself in a circle to the end of its run. Then all; what the second run had to
 * leave, the third finds again.
 */
static int configure_all(struct configure *c, struct err *err)
{
	struct dpkg_run run = { .dir = c->dir,
				.door = c->door,
				.path_first = STAND_IN_PATH,
				.configured = on_configured,
				.arg = c,
				.progress = c->progress,
				.phase = "configure: base" };
	auto_argv first = { 0 };
	auto_argv early = { 0 };
	auto_argv all = { 0 };
	struct err ignored = { 0 };
	int r = make_order(c, err);

	argv_addl(&first, "--force-depends", "--no-triggers", "--configure", NULL);
	argv_addl(&early, "--no-triggers", "--configure", NULL);
	argv_addl(&all, "--configure", "-a", NULL);
	if (c->order.first.n)
		argv_addv(&first, c->order.first.v);
	for (size_t i = 0; i < c->order.n_initramfs; i++)
		argv_add(&early, c->order.rest.v[i]);
	if (!r && c->order.first.n)
		r = dpkg_run(&run, &first, err);
	if (!r && c->opts->debconf)
		r = preseed(c, err);
	if (!r && c->order.n_initramfs)
		dpkg_run(&run, &early, &ignored);
	run.phase = "configure: all";
	return r ? r : dpkg_run(&run, &all, err);
}

/* Whether a script asked for an initramfs that the order didn't foresee, so maybe after it was made. */
static bool asked_again(const struct configure *c)
{
	auto_free char *path = path_join(c->dir, STAND_IN_CALLS);
	auto_buf text = { 0 };
	auto_argv names = { 0 };

	if (c->door->record || !file_exists(path) || file_read(path, &text, NULL))
		return false;
	argv_split(&names, buf_str(&text), "\n");
	for (size_t i = 0; i < names.n; i++) {
		bool foreseen = false;

		for (size_t k = 0; k < c->order.n_initramfs; k++)
			foreseen |= str_eq(c->order.rest.v[k], names.v[i]);
		if (!foreseen)
			return true;
	}
	return false;
}

static int remove_stand_ins(void *arg, struct err *err)
{
	return file_remove_tree(arg, err);
}

static int configure_beside_kernel(struct configure *c, struct err *err)
{
	auto_free char *folder = path_join(c->dir, "var/cache/xenith");
	auto_free char *what = xasprintf("remove %s", folder);
	int r = stand_ins_write(c->dir, c->door, err);

	c->jobs = kernel_jobs_start(c->dir, !c->opts->no_initramfs, c->door, c->progress);
	if (!r)
		r = configure_all(c, err);
	r = kernel_jobs_finish(c->jobs, r, asked_again(c), err);
	door_call(c->door, what, remove_stand_ins, folder, NULL);
	order_clear(&c->order);
	argv_clear(&c->waited);
	return r;
}

int pkg_configure(const char *dir, const struct pkg_configure_opts *opts, struct door *door,
		  struct pkg_progress *progress, struct err *err)
{
	struct configure c = { .dir = dir, .opts = opts, .door = door, .progress = progress };
	struct chroot root = { 0 };
	int r = chroot_open(&root, dir, door, err);

	/* The boot menu is its owner's to write, once, when all is there. */
	if (!r)
		r = chroot_mute(&root, "usr/sbin/update-grub", err);
	if (!r)
		r = configure_beside_kernel(&c, err);
	if (!r)
		r = door_runl(door, err, "sync", "-f", dir, NULL);
	return chroot_close(&root, r, err);
}
