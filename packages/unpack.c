#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/util.h"
#include "packages/packages.h"
#include "packages/receive.h"
#include "packages/set.h"
#include "packages/timing.h"
#include "packages/unpack_scripts.h"

/* The work of pkg_unpack, behind the door. */
struct unpack {
	const struct pkg_request *req;
	const struct pkg_set *set;
	const char *dir;
	struct door *door;
	struct pkg_progress *progress;
	struct receive rc;
	struct dpkg_db db;
	struct xz_lib *xz_lib;
	const struct pkg_item **items; /* what to receive now */
	size_t n_items;
};

static unsigned n_threads(void)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);

	return (unsigned)MIN(MAX(cpus, 2L), 4L);
}

/* Links that every package's files may come through: Debian's systems have one /usr (bookworm and later). */
static int make_usr_links(const char *dir, struct err *err)
{
	static const char *const names[] = { "bin", "sbin", "lib", "lib64" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		auto_free char *usr = xasprintf("%s/usr/%s", dir, names[i]);
		auto_free char *link = path_join(dir, names[i]);
		auto_free char *target = xasprintf("usr/%s", names[i]);
		int r = file_mkdirs(usr, 0755, err);

		if (r)
			return r;
		if (symlink(target, link) && errno != EEXIST)
			return err_sys(err, "cannot link %s to %s", link, target);
	}
	return 0;
}

static int by_size(const void *a, const void *b)
{
	const struct pkg_item *x = *(const struct pkg_item *const *)a,
			      *y = *(const struct pkg_item *const *)b;

	if (x->size_bytes != y->size_bytes)
		return x->size_bytes < y->size_bytes ? 1 : -1;
	return strcmp(x->name, y->name);
}

/* The large ones first, so that no thread sits alone on the kernel in the end. */
static void choose(struct unpack *u, bool (*wanted)(const struct unpack *, const struct pkg_item *))
{
	u->n_items = 0;
	for (size_t i = 0; i < u->set->n; i++)
		if (wanted(u, &u->set->items[i]))
			u->items[u->n_items++] = &u->set->items[i];
	qsort(u->items, u->n_items, sizeof(*u->items), by_size);
}

static bool is_base(const struct unpack *u, const struct pkg_item *item)
{
	(void)u;
	return str_eq(item->name, "base-files");
}

static bool is_xz_lib(const struct unpack *u, const struct pkg_item *item)
{
	(void)u;
	return str_eq(item->name, "liblzma5");
}

static bool is_not_base(const struct unpack *u, const struct pkg_item *item)
{
	return !is_base(u, item) && !is_xz_lib(u, item);
}

static bool is_conflict(const struct unpack *u, const struct pkg_item *item)
{
	return argv_has(&u->rc.conflicts, item->name);
}

static int receive(struct unpack *u, struct err *err)
{
	return u->n_items ? receive_run(&u->rc, u->items, u->n_items, n_threads(), err) : 0;
}

/* base-files makes the folders with their modes, so it comes first; then what makes unpacking the rest
 * faster. */
static int receive_all(struct unpack *u, struct err *err)
{
	int r;

	choose(u, is_base);
	r = receive(u, err);
	if (r)
		return r;
	choose(u, is_xz_lib);
	r = receive(u, err);
	if (r)
		return r;
	u->rc.xz_lib = u->xz_lib = xz_lib_open(u->dir, u->door->log);
	choose(u, is_not_base);
	r = receive(u, err);
	if (r)
		return r;
	/* dpkg knows which package may replace whose files: it gets those that met a file. */
	choose(u, is_conflict);
	u->rc.spool_all = true;
	return receive(u, err);
}

static int sync_dir(const char *dir, struct err *err)
{
	auto_close int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || syncfs(fd))
		return err_sys(err, "cannot sync %s", dir);
	return 0;
}

static int unpack_in(struct unpack *u, const char *spool, struct err *err)
{
	struct phase phase = phase_begin(u->progress, "fetch and unpack");
	int r = make_usr_links(u->dir, err);

	if (!r)
		r = file_mkdirs(spool, 0755, err);
	if (!r)
		r = receive_all(u, err);
	phase_end(&phase);
	return r;
}

static int do_unpack(void *arg, struct err *err)
{
	struct unpack *u = arg;
	auto_free char *spool = path_join(u->dir, SPOOL);
	auto_free char *folder = path_join(u->dir, "var/cache/xenith");
	auto_free char *status = path_join(u->dir, "var/lib/dpkg/status");
	struct stat st;
	int r;

	if (stat(status, &st) == 0 && st.st_size > 0)
		return err_set(err, ERR_PKG_NOT_EMPTY,
			       "%s holds a Debian system already: name an empty folder", u->dir);
	u->items = xcalloc(u->set->n + 1, sizeof(const struct pkg_item *));
	u->rc = (struct receive){ .req = u->req,
				  .dir = u->dir,
				  .log = u->door->log,
				  .progress = u->progress,
				  .bytes_total = u->set->download_bytes,
				  .db = &u->db,
				  .base = &((struct set_priv *)u->set->priv)->base,
				  .spool = SPOOL };
	r = unpack_in(u, spool, err);
	if (!r)
		r = dpkg_db_write(u->dir, &u->db, err);
	if (!r)
		r = unpack_scripts(&(struct unpack_scripts){ .set = u->set,
							     .arch = u->req->arch,
							     .dir = u->dir,
							     .rc = &u->rc,
							     .door = u->door,
							     .progress = u->progress },
				   err);
	file_remove_tree(spool, NULL);
	rmdir(folder); /* unless thin modules are there, for pkg_configure */
	xz_lib_close(u->xz_lib);
	if (!r)
		r = sync_dir(u->dir, err);
	argv_clear(&u->rc.spooled);
	argv_clear(&u->rc.preinsts);
	argv_clear(&u->rc.conflicts);
	dpkg_db_clear(&u->db);
	free(u->items);
	return r;
}

int pkg_unpack(const struct pkg_request *req, const struct pkg_set *set, const char *dir, struct door *door,
	       struct pkg_progress *progress, struct err *err)
{
	struct unpack u = { .req = req, .set = set, .dir = dir, .door = door, .progress = progress };
	auto_free char *what = xasprintf("unpack %zu packages into %s", set->n, dir);
	int r = door_mkdirs(door, dir, 0755, err);

	return r ? r : door_call(door, what, do_unpack, &u, err);
}

static int do_extract(void *arg, struct err *err)
{
	struct unpack *u = arg;
	int r;

	u->items = xcalloc(u->set->n + 1, sizeof(const struct pkg_item *));
	u->rc = (struct receive){ .req = u->req,
				  .dir = u->dir,
				  .log = u->door->log,
				  .progress = u->progress,
				  .bytes_total = u->set->download_bytes };
	r = make_usr_links(u->dir, err);
	if (!r) {
		choose(u, is_not_base);
		r = receive(u, err);
	}
	if (!r) {
		choose(u, is_xz_lib);
		r = receive(u, err);
	}
	if (!r) {
		choose(u, is_base);
		r = receive(u, err);
	}
	argv_clear(&u->rc.preinsts);
	argv_clear(&u->rc.conflicts);
	free(u->items);
	return r;
}

int pkg_extract(const struct pkg_request *req, const struct pkg_set *set, const char *dir, struct door *door,
		struct pkg_progress *progress, struct err *err)
{
	struct unpack u = { .req = req, .set = set, .dir = dir, .door = door, .progress = progress };
	auto_free char *what = xasprintf("extract %zu packages into %s", set->n, dir);
	int r = door_mkdirs(door, dir, 0755, err);

	return r ? r : door_call(door, what, do_extract, &u, err);
}
