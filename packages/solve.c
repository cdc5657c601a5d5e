#include <fnmatch.h>
#include <solv/evr.h>
#include <solv/poolarch.h>
#include <solv/problems.h>
#include <solv/solver.h>
#include <solv/transaction.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/util.h"
#include "packages/closure.h"
#include "packages/fetch.h"
#include "packages/groups.h"
#include "packages/index.h"
#include "packages/load.h"
#include "packages/mirrorlist.h"
#include "packages/packages.h"
#include "packages/set.h"
#include "packages/timing.h"

/* All that a resolution needs while it runs; only strings copied into the set's arena outlive it. */
struct resolve {
	const struct pkg_request *req;
	struct log *log;
	Pool *pool;
	struct argv exclude; /* names; groups are expanded */
	Map excluded;
	Queue roots; /* solvables that were named or are always there */
	Map requested;
	struct argv problems; /* names that don't exist */
};

static void add_root(struct resolve *rs, Id p)
{
	queue_pushunique(&rs->roots, p);
}

/* The name that was meant, among all of the archive's. */
static const char *nearest_name(struct resolve *rs, const char *name)
{
	Pool *pool = rs->pool;
	const char **names = xcalloc((size_t)pool->nsolvables + 1, sizeof(*names));
	const char *near;
	size_t n = 0;
	Id p;

	FOR_POOL_SOLVABLES (p)
		names[n++] = pool_id2str(pool, pool_id2solvable(pool, p)->name);
	near = str_nearest(name, names, n);
	free(names);
	return near;
}

static Id find_wanted(struct resolve *rs, const char *name)
{
	Pool *pool = rs->pool;
	Id id = pool_str2id(pool, name, 0), found, p, pp;

	if (!id)
		return 0;
	found = closure_newest(pool, &rs->excluded, id);
	if (found)
		return found;
	FOR_PROVIDES(p, pp, id)
	if (!MAPTST(&rs->excluded, p) &&
	    (!found || index_entry(pool, p)->priority < index_entry(pool, found)->priority))
		found = p;
	return found;
}

static bool has_medium(const struct pkg_request *req)
{
	for (size_t i = 0; i < req->n_sources; i++)
		if (req->sources[i].medium)
			return true;
	return false;
}

/* What is excluded by its name isn't wanted, as in kickstart; to need it is another matter. */
static void want_name(struct resolve *rs, const char *name, bool requested)
{
	const char *near;
	Id p;

	if (argv_has(&rs->exclude, name)) {
		log_printf(rs->log, "package %s: excluded", name);
		return;
	}
	p = find_wanted(rs, name);
	if (p) {
		add_root(rs, p);
		if (requested)
			MAPSET(&rs->requested, p);
		return;
	}
	if (rs->req->ignore_missing) {
		log_printf(rs->log, "package %s: not in the archive, ignored", name);
		return;
	}
	near = nearest_name(rs, name);
	argv_addf(&rs->problems, "no package \"%s\" %s%s%s%s", name,
		  has_medium(rs->req) ? "on the medium" : "in the archive", near ? " (did you mean " : "",
		  near ? near : "", near ? "?)" : "");
}

static void want_group(struct resolve *rs, const char *group)
{
	auto_argv names = { 0 };
	auto_argv all = { 0 };
	const char *near;

	if (!group_add(group, &names)) {
		for (size_t i = 0; i < names.n; i++)
			want_name(rs, names.v[i], true);
		return;
	}
	if (rs->req->ignore_missing) {
		log_printf(rs->log, "group @%s: not known, ignored", group);
		return;
	}
	group_names(&all);
	near = str_nearest(group, (const char *const *)all.v, all.n);
	argv_addf(&rs->problems, "no group \"@%s\"%s%s%s", group, near ? " (did you mean @" : "",
		  near ? near : "", near ? "?)" : "");
}

static bool matches(const struct argv *patterns, const char *name)
{
	for (size_t i = 0; i < patterns->n; i++)
		if (fnmatch(patterns->v[i], name, 0) == 0)
			return true;
	return false;
}

static void exclude_names(struct resolve *rs)
{
	Pool *pool = rs->pool;
	Id p;

	for (size_t i = 0; i < rs->req->exclude.n; i++) {
		const char *name = rs->req->exclude.v[i];

		if (name[0] != '@' || group_add(name + 1, &rs->exclude))
			argv_add(&rs->exclude, name);
	}
	map_init(&rs->excluded, pool->nsolvables);
	FOR_POOL_SOLVABLES (p) {
		const char *name = pool_id2str(pool, pool_id2solvable(pool, p)->name);
		const struct index *x = pool_id2solvable(pool, p)->repo->appdata;

		if (argv_has(&rs->req->exclude, name) || matches(&x->source->exclude, name) ||
		    (x->source->include.n && !matches(&x->source->include, name)))
			MAPSET(&rs->excluded, p);
	}
}

/* What every system has: Essential, Priority: required, and apt. */
static void want_minimal(struct resolve *rs)
{
	Pool *pool = rs->pool;
	Id p;

	FOR_POOL_SOLVABLES (p) {
		const struct index_entry *e = index_entry(pool, p);

		if ((e->essential || e->priority == PRIO_REQUIRED) && !MAPTST(&rs->excluded, p) &&
		    closure_newest(pool, &rs->excluded, pool_id2solvable(pool, p)->name) == p)
			add_root(rs, p);
	}
	want_name(rs, "apt", false);
}

static int choose_roots(struct resolve *rs, struct err *err)
{
	const struct argv *want = &rs->req->want;
	auto_buf b = { 0 };

	exclude_names(rs);
	map_init(&rs->requested, rs->pool->nsolvables);
	if (!rs->req->no_minimal)
		want_minimal(rs);
	for (size_t i = 0; i < want->n; i++) {
		if (want->v[i][0] == '@')
			want_group(rs, want->v[i] + 1);
		else
			want_name(rs, want->v[i], true);
	}
	if (!rs->problems.n)
		return 0;
	for (size_t i = 0; i < rs->problems.n; i++)
		buf_addf(&b, "packages: %s\n", rs->problems.v[i]);
	return err_set(err, ERR_PKG_UNKNOWN, "%s", buf_str(&b));
}

static void make_job(struct resolve *rs, Queue *job)
{
	Pool *pool = rs->pool;
	Queue favour;
	Id p;

	queue_init_clone(&favour, &rs->roots);
	closure_add(pool, &rs->excluded, rs->req->recommends, &favour);
	for (int i = 0; i < rs->roots.count; i++)
		queue_push2(job, SOLVER_INSTALL | SOLVER_SOLVABLE, rs->roots.elements[i]);
	for (int i = 0; i < favour.count; i++)
		queue_push2(job, SOLVER_FAVOR | SOLVER_SOLVABLE, favour.elements[i]);
	FOR_POOL_SOLVABLES (p)
		if (MAPTST(&rs->excluded, p))
			queue_push2(job, SOLVER_BLACKLIST | SOLVER_SOLVABLE, p);
	queue_free(&favour);
}

static int explain(struct resolve *rs, Solver *solver, struct err *err)
{
	auto_buf b = { 0 };
	int n = (int)solver_problem_count(solver);

	for (int i = 1; i <= n && i <= 10; i++)
		buf_addf(&b, "packages: cannot be installed: %s\n", solver_problem2str(solver, i));
	if (rs->req->exclude.n)
		buf_adds(&b, "packages: check the excluded packages as well\n");
	return err_set(err, ERR_PKG_CONFLICT, "%s", buf_str(&b));
}

static int resolve_run(struct resolve *rs, struct pkg_set *ret, struct err *err)
{
	Solver *solver;
	Queue job;
	int r;

	pool_createwhatprovides(rs->pool);
	r = choose_roots(rs, err);
	if (r)
		return r;
	queue_init(&job);
	make_job(rs, &job);
	solver = solver_create(rs->pool);
	solver_set_flag(solver, SOLVER_FLAG_IGNORE_RECOMMENDED, !rs->req->recommends);
	r = solver_solve(solver, &job)
		    ? explain(rs, solver, err)
		    : set_make(rs->pool, solver, &rs->roots, &rs->excluded, &rs->requested, ret, err);
	solver_free(solver);
	queue_free(&job);
	return r;
}

static void resolve_clear(struct resolve *rs)
{
	map_free(&rs->excluded);
	map_free(&rs->requested);
	queue_free(&rs->roots);
	argv_clear(&rs->exclude);
	argv_clear(&rs->problems);
}

int pkg_solve(struct pkg_request *req, struct log *log, struct pkg_progress *progress, struct pkg_set *ret,
	      struct err *err)
{
	struct resolve rs = { .req = req, .log = log };
	struct loaded loaded = { 0 };
	int r = mirrorlist_fetch(req, log, err);
	struct phase phase;

	if (!r)
		r = load_indices(req, log, progress, &loaded, err);
	phase = phase_begin(progress, "resolve");

	rs.pool = loaded.pool;
	queue_init(&rs.roots);
	if (!r)
		r = resolve_run(&rs, ret, err);
	if (!r)
		log_printf(log, "packages: %zu, %llu bytes to fetch, %llu KiB installed", ret->n,
			   (unsigned long long)ret->download_bytes, (unsigned long long)ret->installed_kib);
	resolve_clear(&rs);
	loaded_clear(&loaded);
	phase_end(&phase);
	return r;
}
