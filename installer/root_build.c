#include "installer/root_build.h"

#include <dirent.h>
#include <errno.h>

#include "base/file.h"
#include "base/util.h"
#include "installer/ks_source.h"
#include "installer/medium.h"
#include "installer/package_source.h"
#include "installer/target/target.h"
#include "kickstart/ks.h"
#include "packages/settle.h"
#include "packages/timing.h"
#include "packages/unshare.h"

static int check_empty(const char *dir, struct err *err)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	bool empty = true;

	if (!d)
		return errno == ENOENT ? 0 : err_sys(err, "cannot open %s", dir);
	while ((e = readdir(d)))
		if (!str_eq(e->d_name, ".") && !str_eq(e->d_name, "..") && !str_eq(e->d_name, "lost+found"))
			empty = false;
	closedir(d);
	if (empty)
		return 0;
	err_set(err, ERR_INPUT, "%s is not empty; name a new folder\n", dir);
	return err_about(err, ERR_PKG_NOT_EMPTY, true);
}

static int read_request(const char *url, struct door *door, struct ks *ks, struct arena *arena,
			struct pkg_request *req, struct err *err)
{
	struct ks_parse_opts opts = { 0 };
	struct ks_diags diags = { 0 };
	struct facts nothing = { 0 };
	auto_buf text = { 0 };
	int r = ks_source_read(url, &nothing, door, &text, err);

	if (!r)
		r = ks_parse(url, buf_str(&text), text.len, &opts, ks, &diags, err);
	ks_diags_clear(&diags);
	if (!r)
		r = install_packages_request(ks, arena, req, err);
	if (!r)
		target_packages(ks, &req->want);
	return r;
}

static int empty(const char *dir, const char *name, struct door *door, struct err *err)
{
	auto_free char *path = path_join(dir, name);
	auto_free char *owned = path_join(path, "lock*");

	/* Packages own what is in /run/lock. */
	return door_runl(door, err, "find", path, "-xdev", "-mindepth", "1", "!", "-path", owned, "-delete",
			 NULL);
}

/*
 * What belongs to a running system, and would make all hosts that start from this folder the same one:
 * machine-id(5) gets the word by which the next boot makes a new one.
 */
static int strip(const char *dir, struct door *door, struct err *err)
{
	static const char none[] = "uninitialized\n";
	auto_free char *id = path_join(dir, "etc/machine-id");
	auto_free char *dbus_id = path_join(dir, "var/lib/dbus/machine-id");
	int r = empty(dir, "run", door, err);

	if (!r)
		r = empty(dir, "tmp", door, err);
	if (!r)
		r = door_runl(door, err, "rm", "-f", dbus_id, NULL);
	return !r && file_exists(id) ? door_write(door, id, none, strlen(none), 0644, err) : r;
}

/* As mmdebstrap's --customize-hook: a program, or a line for the shell; the folder is its argument. */
static int run_hooks(const struct argv *hooks, const char *dir, struct door *door, struct err *err)
{
	int r = 0;

	for (size_t i = 0; i < hooks->n && !r; i++) {
		const char *hook = hooks->v[i];

		r = access(hook, X_OK) ? door_runl(door, err, "sh", "-c", hook, "hook", dir, NULL)
				       : door_runl(door, err, hook, dir, NULL);
		if (r)
			r = err_wrap(err, "hook");
	}
	return r;
}

struct building {
	const struct root_build_opts *opts;
	struct door door;
	struct pkg_progress progress;
	struct pkg_request req;
	struct pkg_set set;
	struct ks ks;
};

static int build(struct building *b, struct err *err)
{
	const char *dir = b->opts->dir;
	struct pkg_configure_opts opts = { 0 };
	auto_buf debconf = { 0 };
	int r;

	if (b->opts->extract) {
		r = pkg_extract(&b->req, &b->set, dir, &b->door, &b->progress, err);
		return r ? r : run_hooks(&b->opts->hooks, dir, &b->door, err);
	}
	target_debconf(&b->ks, &debconf);
	opts.debconf = buf_str(&debconf);
	r = pkg_unpack(&b->req, &b->set, dir, &b->door, &b->progress, err);
	if (!r)
		r = pkg_configure(dir, &opts, &b->door, &b->progress, err);
	if (!r)
		r = strip(dir, &b->door, err);
	if (!r)
		r = pkg_write_sources(&b->req, dir, &b->door, err);
	if (!r)
		r = run_hooks(&b->opts->hooks, dir, &b->door, err);
	return r || settle_epoch() < 0 ? r : settle_root(dir, settle_epoch(), &b->door, err);
}

static int open_medium(struct building *b, struct arena *arena, struct err *err)
{
	struct facts facts = { 0 };
	int r = facts_read("/", &facts, err);

	if (!r)
		r = medium_open(&b->ks, &facts, &b->door, &b->req, arena, err);
	facts_clear(&facts);
	return r;
}

static int solve(struct building *b, struct arena *arena, struct err *err)
{
	int r = read_request(b->opts->ks_url, &b->door, &b->ks, arena, &b->req, err);

	if (r)
		return r;
	b->req.cache_dir = b->opts->cache_dir;
	b->req.deadline_s = b->opts->deadline_s;
	b->req.keyring = b->opts->keyring;
	if (b->opts->for_image)
		install_packages_any_host(&b->req.want);
	r = medium_wanted(&b->ks) ? open_medium(b, arena, err) : 0;
	return r ? r : pkg_solve(&b->req, b->door.log, &b->progress, &b->set, err);
}

static void summarize(const struct building *b, struct buf *summary)
{
	if (b->opts->dry_run && !b->opts->json)
		pkg_set_print(&b->set, summary);
	else if (!b->opts->json)
		buf_addf(summary, "%s: %zu packages, %llu MB fetched\n", b->opts->dir, b->set.n,
			 (unsigned long long)b->set.download_bytes / 1000000);
	if (b->opts->timing || b->opts->json)
		pkg_timing_print(b->progress.timing, b->opts->json, summary);
}

int root_build(const struct root_build_opts *opts, struct buf *summary, struct err *err)
{
	struct building b = { .opts = opts,
			      .door = { .log = log_new(NULL) },
			      .progress = { .timing = pkg_timing_new() } };
	auto_free char *log_path = path_join(opts->dir, "var/log/xenith/root-build.log");
	auto_free char *log_dir = path_join(opts->dir, "var/log/xenith");
	struct arena arena = { 0 };
	int r = check_empty(opts->dir, err);

	/* A build that is killed leaves nothing mounted. */
	if (!opts->extract && !opts->dry_run)
		unshare_mounts();
	if (!r)
		r = solve(&b, &arena, err);
	if (!r && !opts->dry_run)
		r = file_mkdirs(log_dir, 0755, err);
	if (!r && !opts->dry_run) {
		log_reopen(b.door.log, log_path);
		r = build(&b, err);
	}
	if (!r)
		summarize(&b, summary);
	if (medium_wanted(&b.ks))
		medium_close(&b.door);
	pkg_set_clear(&b.set);
	install_packages_request_clear(&b.req);
	arena_clear(&arena);
	ks_clear(&b.ks);
	pkg_timing_free(b.progress.timing);
	log_free(b.door.log);
	return r;
}
