#include "packages/copy.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/util.h"
#include "packages/download.h"
#include "packages/index.h"

#define LIST_MAX_BYTES (4u << 20)

/* Sources of one base share its folder, which has the number of the first of them. */
static size_t folder_of(const struct pkg_request *req, const struct pkg_source *source)
{
	size_t i = 0;

	while (!str_eq(req->sources[i].base, source->base))
		i++;
	return i;
}

static int copy_source(const struct pkg_request *req, const struct pkg_source *source, const char *dir,
		       struct door *door, struct buf *sources, struct err *err)
{
	size_t folder = folder_of(req, source);
	auto_free char *below = xasprintf("%s/%zu", dir, folder);
	auto_free char *path = xasprintf("%s/dists/%s/InRelease", below, source->suite);
	struct release release = { 0 };
	auto_argv components = { 0 };
	int r = release_fetch(req, source, door->log, &release, err);

	if (source->components.n)
		argv_addv(&components, source->components.v);
	else
		argv_add(&components, PKG_COMPONENT);
	if (!r)
		r = door_write(door, path, release.file.data, release.file.len, 0644, err);
	buf_addf(sources, "%s\t%zu\t%s\t%s", source->name, folder, source->suite, source->base);
	for (size_t i = 0; i < components.n && !r; i++) {
		buf_addf(sources, "\t%s", components.v[i]);
		r = index_copy(req, source, &release, components.v[i], below, door, err);
	}
	buf_addc(sources, '\n');
	release_clear(&release);
	return r;
}

/* Where the file of a package goes, below dir. free(3). */
static char *place_of(const struct pkg_request *req, const struct pkg_item *item)
{
	for (size_t i = 0; i < req->n_sources; i++) {
		const struct pkg_source *s = &req->sources[i];
		size_t len = strlen(s->base);

		if (str_starts(item->url, s->base) && item->url[len] == '/')
			return xasprintf("%zu/%s", folder_of(req, s), item->url + len + 1);
	}
	return NULL;
}

static int write_stream(struct stream *s, int fd, const char *path, char hex[HASH_HEX_LEN + 1],
			struct err *err)
{
	struct hash *hash = hash_new();
	const void *data;
	ssize_t n;

	while ((n = stream_read(s, &data, err)) > 0) {
		hash_add(hash, data, (size_t)n);
		if (file_write_fd(fd, data, (size_t)n)) {
			hash_free(hash);
			return err_sys(err, "cannot write %s", path);
		}
	}
	hash_hex(hash, hex);
	hash_free(hash);
	return n < 0 ? -(int)err->code : 0;
}

static int copy_package(struct stream *s, const char *path, struct err *err)
{
	const struct pkg_item *item = stream_item(s);
	char hex[HASH_HEX_LEN + 1];

	do {
		auto_close int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
		int r = fd < 0 ? err_sys(err, "cannot create %s", path) : write_stream(s, fd, path, hex, err);

		if (r || str_eq(hex, item->sha256))
			return r;
	} while (stream_again(s));
	return err_set(err, ERR_SRC_HASH, "%s: wrong hash: found SHA-256 %s, wanted %s", item->name, hex,
		       item->sha256);
}

static int copy_packages(const struct pkg_request *req, const struct pkg_set *set, const char *dir,
			 struct door *door, struct pkg_progress *progress, struct argv *files,
			 struct err *err)
{
	const struct pkg_item **items = xcalloc(set->n + 1, sizeof(*items));
	struct downloads *downloads;
	uint64_t done = 0;
	struct stream *s;
	int r = 0;

	for (size_t i = 0; i < set->n; i++)
		items[i] = &set->items[i];
	downloads = downloads_new(req, items, set->n, door->log);
	while (!r && (s = downloads_next(downloads))) {
		const struct pkg_item *item = stream_item(s);
		auto_free char *place = place_of(req, item);
		auto_free char *path = path_join(dir, place ? place : item->name);
		auto_free char *folder = xstrndup(path, (size_t)(strrchr(path, '/') - path));

		r = file_mkdirs(folder, 0755, err);
		if (!r)
			r = copy_package(s, path, err);
		stream_done(s);
		argv_add(files, place ? place : item->name);
		done += item->size_bytes;
		if (progress && progress->fn)
			progress->fn(progress->arg, "copy", done, set->download_bytes, item->name);
	}
	downloads_free(downloads);
	free(items);
	return r;
}

static int write_list(const char *dir, const char *name, const struct buf *b, struct door *door,
		      struct err *err)
{
	auto_free char *path = path_join(dir, name);

	return door_write(door, path, buf_str(b), b->len, 0644, err);
}

int pkg_copy(const struct pkg_request *req, const struct pkg_set *set, const char *dir, struct door *door,
	     struct pkg_progress *progress, struct err *err)
{
	auto_buf sources = { 0 };
	auto_buf list = { 0 };
	auto_argv files = { 0 };
	int r = 0;

	for (size_t i = 0; i < req->n_sources && !r; i++)
		r = copy_source(req, &req->sources[i], dir, door, &sources, err);
	if (!r)
		r = copy_packages(req, set, dir, door, progress, &files, err);
	argv_sort_unique(&files);
	for (size_t i = 0; i < files.n; i++)
		buf_addf(&list, "%s\n", files.v[i]);
	if (!r)
		r = write_list(dir, "files", &list, door, err);
	return r ? r : write_list(dir, "sources", &sources, door, err);
}

static int read_list(const char *dir, const char *name, struct argv *lines, struct err *err)
{
	auto_free char *path = path_join(dir, name);
	auto_buf text = { 0 };
	int r = file_read_max(path, LIST_MAX_BYTES, &text, err);

	if (r)
		return err_set(err, ERR_SRC_MEDIUM,
			       "%s: cannot be read: this is no medium that carries packages", path);
	argv_split(lines, buf_str(&text), "\n");
	return 0;
}

/* What a line of sources says; its files are those below its folder. */
static int read_source(const char *dir, const char *line, const struct argv *files, struct arena *a,
		       struct pkg_source *ret, struct err *err)
{
	auto_free char *below = NULL;
	auto_argv w = { 0 };

	argv_split(&w, line, "\t");
	if (w.n < 5 || strchr(w.v[1], '/') || strstr(w.v[2], ".."))
		return err_set(err, ERR_SRC_MEDIUM, "%s/sources: \"%s\" is no source", dir, line);
	*ret = (struct pkg_source){ .name = arena_strdup(a, w.v[0]),
				    .base = arena_printf(a, "file://%s/%s", dir, w.v[1]),
				    .origin = arena_strdup(a, w.v[3]),
				    .suite = arena_strdup(a, w.v[2]),
				    .medium = true };
	argv_addv(&ret->components, w.v + 4);
	below = xasprintf("%s/", w.v[1]);
	for (size_t i = 0; i < files->n; i++)
		if (str_starts(files->v[i], below))
			argv_add(&ret->files, files->v[i] + strlen(below));
	argv_sort_unique(&ret->files);
	return 0;
}

/* The request's own source of that name goes into the medium's. */
static void merge(struct pkg_request *req, struct pkg_source *source)
{
	for (size_t i = 0; i < req->n_sources; i++) {
		struct pkg_source *own = &req->sources[i];

		if (!str_eq(own->name, source->name))
			continue;
		source->cost = own->cost;
		source->include = own->include;
		source->exclude = own->exclude;
		source->origin = own->mirrorlist ? source->origin : own->base;
		argv_clear(&own->components);
		argv_clear(&own->mirrors);
		argv_clear(&own->found);
		memmove(own, own + 1, (req->n_sources - i - 1) * sizeof(*own));
		req->n_sources--;
		return;
	}
}

int pkg_copied_sources(const char *dir, struct pkg_request *req, struct arena *arena, struct err *err)
{
	auto_argv lines = { 0 };
	auto_argv files = { 0 };
	int r = read_list(dir, "sources", &lines, err);

	if (!r)
		r = read_list(dir, "files", &files, err);
	for (size_t i = 0; i < lines.n && !r; i++) {
		struct pkg_source source;

		r = read_source(dir, lines.v[i], &files, arena, &source, err);
		if (r)
			break;
		merge(req, &source);
		*pkg_request_insert(req, i) = source;
	}
	return r;
}
