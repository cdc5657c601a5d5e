#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>

#include "base/argv.h"
#include "base/file.h"
#include "base/tree.h"
#include "base/util.h"
#include "packages/thin.h"
#include "packages/thin_early.h"
#include "packages/xz.h"

#define MAX_THREADS 4
#define STEP_BYTES  16384
#define SAMPLES     16 /* modules that are read for their ORC header */

struct thin_tree {
	struct log *log;
	char *from, *to;     /* the folders of modules */
	struct argv modules; /* below them */
	struct xz_lib *xz_lib;
	struct buf orc; /* of this kernel; empty: unknown */
	pthread_t threads[MAX_THREADS];
	unsigned n_threads;
	pthread_mutex_t lock;
	size_t next;
	bool stop, failed;
};

/* One thread's buffers, used for each module anew. */
struct worker {
	struct xz *xz;
	struct buf packed, plain, thin;
	bool read;
};

static void worker_clear(struct worker *w)
{
	xz_free(w->xz);
	buf_clear(&w->packed);
	buf_clear(&w->plain);
	buf_clear(&w->thin);
}

static ssize_t read_packed(void *arg, const void **data)
{
	struct worker *w = arg;

	if (w->read)
		return 0;
	w->read = true;
	*data = w->packed.data;
	return (ssize_t)w->packed.len;
}

static bool open_module(struct worker *w, const char *path)
{
	w->packed.len = w->plain.len = w->thin.len = 0;
	w->read = false;
	if (file_read(path, &w->packed, NULL))
		return false;
	xz_restart(w->xz);
	return true;
}

/* As much of it as is needed. */
static bool make_thin(struct worker *w, const struct buf *orc)
{
	enum thin_early early = orc->len ? THIN_MORE : THIN_WHOLE;
	struct thin_search search = { 0 };
	const void *data;
	ssize_t n;

	while (early != THIN_DONE && (n = xz_read(w->xz, &data)) > 0) {
		buf_add(&w->plain, data, (size_t)n);
		if (early == THIN_MORE)
			early = thin_module_early(w->plain.data, w->plain.len, orc, &search, &w->thin);
	}
	return early == THIN_DONE || (n == 0 && thin_module(w->plain.data, w->plain.len, &w->thin));
}

static void learn_orc(struct thin_tree *t)
{
	static const struct buf unknown;
	struct worker w = { 0 };

	w.xz = xz_new(t->xz_lib, read_packed, &w);
	for (size_t i = 0; i < MIN(t->modules.n, (size_t)SAMPLES) && !t->orc.len; i++) {
		auto_free char *path = path_join(t->from, t->modules.v[i]);

		if (open_module(&w, path) && make_thin(&w, &unknown))
			thin_orc_header(w.plain.data, w.plain.len, &t->orc);
	}
	worker_clear(&w);
}

/* It is gone with its tree: nothing of it needs to be safe on the disk. */
static bool write_file(const char *path, const struct buf *b)
{
	auto_close int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	return fd >= 0 && write(fd, b->data, b->len) == (ssize_t)b->len;
}

static bool copy_module(const struct thin_tree *t, struct worker *w, const char *name)
{
	auto_free char *from = path_join(t->from, name);
	auto_free char *to = path_join(t->to, name);

	if (file_exists(to))
		return true;
	return open_module(w, from) && make_thin(w, &t->orc) && write_file(to, &w->thin);
}

static const char *next_module(struct thin_tree *t)
{
	const char *name = NULL;

	pthread_mutex_lock(&t->lock);
	if (!t->stop && !t->failed && t->next < t->modules.n)
		name = t->modules.v[t->next++];
	pthread_mutex_unlock(&t->lock);
	return name;
}

static void *work(void *arg)
{
	struct thin_tree *t = arg;
	struct worker w = { 0 };
	const char *name;

	w.xz = xz_new(t->xz_lib, read_packed, &w);
	xz_set_step(w.xz, STEP_BYTES);
	while ((name = next_module(t)))
		if (!copy_module(t, &w, name)) {
			log_printf(t->log, "%s/%s: no thin copy of it", t->from, name);
			pthread_mutex_lock(&t->lock);
			t->failed = true;
			pthread_mutex_unlock(&t->lock);
		}
	worker_clear(&w);
	return NULL;
}

static int scan_entry(void *arg, const struct tree_entry *e, struct err *err)
{
	struct thin_tree *t = arg;
	auto_free char *to = xasprintf("%s%s", t->to, e->below);

	if (S_ISDIR(e->st->st_mode))
		return file_mkdirs(to, 0755, err);
	if (!S_ISREG(e->st->st_mode))
		return 0;
	if (str_ends(e->below, ".ko.xz")) {
		argv_add(&t->modules, e->below);
		return 0;
	}
	return !strstr(e->below, ".ko") && (!link(e->path, to) || errno == EEXIST) ? 0 : -1;
}

/* Make the folders, list the modules, and link what else is there. False: not all modules are xz. */
static bool scan(struct thin_tree *t)
{
	return !tree_walk(t->from, TREE_ONE_FS, scan_entry, t, NULL) && t->modules.n;
}

static char *thin_path(const char *root, const char *version)
{
	return xasprintf("%s/" THIN_DIR "/lib/modules/%s", root, version);
}

bool thin_tree_link_lists(const char *root, const char *version)
{
	auto_free char *from = xasprintf("%s/usr/lib/modules/%s", root, version);
	auto_free char *to = thin_path(root, version);
	DIR *d = opendir(from);
	bool ok = d != NULL;
	struct dirent *e;

	while (ok && (e = readdir(d))) {
		auto_free char *list = path_join(from, e->d_name);
		auto_free char *copy = path_join(to, e->d_name);

		if (str_starts(e->d_name, "modules."))
			ok = (!unlink(copy) || errno == ENOENT) && !link(list, copy);
	}
	if (d)
		closedir(d);
	return ok;
}

void thin_tree_remove(const char *root, const char *version)
{
	auto_free char *path = thin_path(root, version);

	file_remove_tree(path, NULL);
}

static void tree_free(struct thin_tree *t)
{
	argv_clear(&t->modules);
	buf_clear(&t->orc);
	xz_lib_close(t->xz_lib);
	pthread_mutex_destroy(&t->lock);
	free(t->from);
	free(t->to);
	free(t);
}

struct thin_tree *thin_tree_start(const char *root, const char *version, unsigned threads, struct log *log)
{
	struct thin_tree *t = xcalloc(1, sizeof(*t));

	t->log = log;
	t->from = xasprintf("%s/usr/lib/modules/%s", root, version);
	t->to = thin_path(root, version);
	pthread_mutex_init(&t->lock, NULL);
	if (!scan(t)) {
		tree_free(t);
		return NULL;
	}
	t->xz_lib = xz_lib_open(root, NULL);
	learn_orc(t);
	while (t->n_threads < MIN(MAX(threads, 1u), (unsigned)MAX_THREADS))
		if (pthread_create(&t->threads[t->n_threads++], NULL, work, t))
			abort();
	return t;
}

bool thin_tree_finish(struct thin_tree *t, bool stop)
{
	bool all;

	if (!t)
		return false;
	pthread_mutex_lock(&t->lock);
	t->stop = stop;
	pthread_mutex_unlock(&t->lock);
	for (unsigned i = 0; i < t->n_threads; i++)
		pthread_join(t->threads[i], NULL);
	all = !t->failed && t->next == t->modules.n;
	tree_free(t);
	return all;
}
