#include <errno.h>
#include <fcntl.h>
#include <pthread.h>

#include "base/file.h"
#include "base/util.h"
#include "packages/chroot.h"
#include "packages/control.h"
#include "packages/packages.h"

#define CONFIGURE_SECONDS 3600

/* dpkg's --status-fd lines ("processing: configure: NAME", see dpkg(1)), read while it runs. */
struct watch {
	int read_fd, write_fd;
	struct pkg_progress *progress;
	uint64_t done, total;
	pthread_t thread;
};

static void watch_line(struct watch *w, const char *line)
{
	auto_argv words = { 0 };

	argv_split(&words, line, " :");
	if (words.n < 3 || !str_eq(words.v[0], "status") || !str_eq(words.v[words.n - 1], "installed"))
		return;
	w->done = MIN(w->done + 1, w->total);
	if (w->progress && w->progress->fn)
		w->progress->fn(w->progress->arg, "configure", w->done, w->total, words.v[1]);
}

static void *watch_run(void *arg)
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

/* Run dpkg with its status on descriptor 3. */
static int run_dpkg(const char *dir, struct door *door, struct watch *w, bool no_initramfs,
		    const struct argv *words, struct err *err)
{
	auto_run run = { .chroot = dir, .timeout_s = CONFIGURE_SECONDS };
	char *env[32];
	size_t n = 0;
	int fds[2], r;

	if (pipe2(fds, O_CLOEXEC))
		return err_sys(err, "cannot make a pipe for dpkg");
	w->read_fd = fds[0];
	w->write_fd = fds[1];
	argv_addl(&run.argv, "dpkg", "--status-fd", "3", "--force-unsafe-io", "--force-confdef",
		  "--force-confold", NULL);
	argv_addv(&run.argv, words->v);
	chroot_run_setup(&run);
	while (n < ARRAY_SIZE(env) - 2 && run.env[n]) {
		env[n] = run.env[n];
		n++;
	}
	/* initramfs-tools' kernel hook heeds it: /etc/kernel/postinst.d/initramfs-tools. */
	env[n] = no_initramfs ? (char *)"INITRD=No" : NULL;
	env[n + 1] = NULL;
	run.env = env;
	run.in_child = in_child;
	run.arg = w;
	if (pthread_create(&w->thread, NULL, watch_run, w))
		abort();
	r = door_run(door, &run, err);
	close(fds[1]);
	pthread_join(w->thread, NULL);
	close(fds[0]);
	return r;
}

static int preseed(const char *dir, const char *debconf, struct door *door, struct err *err)
{
	auto_run run = {
		.chroot = dir, .stdin_data = debconf, .stdin_len = strlen(debconf), .timeout_s = 120
	};

	argv_add(&run.argv, "debconf-set-selections");
	chroot_run_setup(&run);
	return door_run(door, &run, err);
}

/* Which of the packages that others take for granted are there; counts all packages in *total. */
static int find_first(const char *dir, struct argv *names, uint64_t *total, struct err *err)
{
	static const char *const first[] = { "base-passwd", "mawk", "gawk", "original-awk" };
	auto_free char *path = path_join(dir, "var/lib/dpkg/status");
	auto_buf status = { 0 };
	int r = file_read(path, &status, err);
	char *p = status.data, *next;

	for (; !r && p && *p; p = next) {
		auto_free char *name = NULL;
		char *end = strstr(p, "\n\n");

		next = end ? end + 2 : NULL;
		if (end)
			end[1] = '\0';
		name = control_field(p, "Package");
		*total += name ? 1 : 0;
		for (size_t i = 0; i < ARRAY_SIZE(first); i++)
			if (str_eq(name, first[i]))
				argv_add(names, name);
	}
	return r;
}

/*
 * First the user database and awk, which scripts use without a dependency: they are essential, and dpkg knows
 * of dependencies alone. Then all.
 */
static int configure_all(const char *dir, const struct pkg_configure_opts *opts, struct door *door,
			 struct pkg_progress *progress, struct err *err)
{
	struct watch w = { .progress = progress };
	auto_argv names = { 0 };
	auto_argv first = { 0 };
	auto_argv all = { 0 };
	int r = door->record ? 0 : find_first(dir, &names, &w.total, err);

	argv_addl(&first, "--force-depends", "--no-triggers", "--configure", NULL);
	if (names.n)
		argv_addv(&first, names.v);
	argv_addl(&all, "--configure", "-a", NULL);
	if (!r && names.n)
		r = run_dpkg(dir, door, &w, opts->no_initramfs, &first, err);
	if (!r && opts->debconf)
		r = preseed(dir, opts->debconf, door, err);
	return r ? r : run_dpkg(dir, door, &w, opts->no_initramfs, &all, err);
}

int pkg_configure(const char *dir, const struct pkg_configure_opts *opts, struct door *door,
		  struct pkg_progress *progress, struct err *err)
{
	struct chroot root = { 0 };
	int r = chroot_open(&root, dir, door, err);

	/* The boot menu is its owner's to write, once, when all is there. */
	if (!r)
		r = chroot_mute(&root, "usr/sbin/update-grub", err);
	if (!r)
		r = configure_all(dir, opts, door, progress, err);
	if (!r)
		r = door_runl(door, err, "sync", "-f", dir, NULL);
	return chroot_close(&root, r, err);
}
