#include "packages/index.h"

#include <solv/repo_deb.h>
#include <sys/mman.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/util.h"
#include "packages/fetch.h"
#include "packages/index_cache.h"
#include "packages/thinner.h"

#define INDEX_MAX_BYTES (64ull << 20)
#define INDEX_TIMEOUT_S 600

struct index_input {
	const struct pkg_request *req;
	const struct pkg_source *source;
	char *name, *url; /* url: at the first mirror */
	char *path;       /* below a mirror's base */
	char hex[HASH_HEX_LEN + 1];
	struct log *log;
	struct buf data;
	struct index *index;
	struct thinner *thinner; /* NULL: not begun */
};

void index_free(struct index *x)
{
	if (!x)
		return;
	if (x->repo)
		repo_free(x->repo, 0);
	arena_clear(&x->arena);
	free(x->entries);
	if (x->map.data)
		munmap(x->map.data, x->map.len);
	free(x);
}

const struct index_entry *index_entry(Pool *pool, Id id)
{
	const Solvable *s = pool_id2solvable(pool, id);
	const struct index *x = s->repo->appdata;

	return &x->entries[id - s->repo->start];
}

/* A file of the cache whose name is its hash; false if it isn't there or is damaged. */
static bool from_cache(const struct pkg_request *req, const char *hex, struct buf *ret)
{
	auto_free char *path = req->cache_dir ? path_join(req->cache_dir, hex) : NULL;
	char found[HASH_HEX_LEN + 1];

	if (!path || !file_exists(path) || file_read(path, ret, NULL))
		return false;
	hash_mem(buf_str(ret), ret->len, found);
	if (str_eq(found, hex))
		return true;
	buf_clear(ret);
	return false;
}

/* name is the index's, for the error: a by-hash URL does not tell it. */
static int fetch_checked(const struct pkg_request *req, const char *name, const char *url, const char *hex,
			 struct log *log, struct buf *ret, struct err *err)
{
	struct fetch_opts opts = { .proxy = req->proxy,
				   .max_bytes = INDEX_MAX_BYTES,
				   .timeout_s = INDEX_TIMEOUT_S,
				   .resume = true };
	auto_free char *shown = fetch_url_masked(url);
	char found[HASH_HEX_LEN + 1];
	int r = fetch_to_buf(url, &opts, log, ret, err);

	if (r)
		return r;
	hash_mem(buf_str(ret), ret->len, found);
	if (!str_eq(found, hex))
		return err_set(
			err, ERR_SRC_HASH,
			"%s (%s): wrong hash: found SHA-256 %s, wanted %s; the mirror is being updated "
			"or the file was changed on its way: try again or use another mirror",
			name, shown, found, hex);
	if (req->cache_dir) {
		auto_free char *path = path_join(req->cache_dir, hex);

		struct err full = { 0 };

		/* A cache that is full only makes the next run slower. */
		if (file_write(path, ret->data, ret->len, 0644, &full))
			log_printf(log, "%s", full.msg);
	}
	return 0;
}

static int choose_index(struct index_input *in, const struct release *release, const char *component,
			struct err *err)
{
	static const char *const suffixes[] = { ".xz", ".gz", "" };
	const struct pkg_source *source = in->source;
	auto_free char *dir = xasprintf("%s/binary-%s", component, in->req->arch);
	uint64_t size_bytes;

	for (size_t i = 0; i < ARRAY_SIZE(suffixes) && !in->url; i++) {
		free(in->name);
		in->name = xasprintf("%s/Packages%s", dir, suffixes[i]);
		if (!release_find(release, in->name, in->hex, &size_bytes))
			continue;
		in->path = release->by_hash
				   ? xasprintf("dists/%s/%s/by-hash/SHA256/%s", source->suite, dir, in->hex)
				   : xasprintf("dists/%s/%s", source->suite, in->name);
		in->url = path_join(source->base, in->path);
	}
	if (in->url)
		return 0;
	return err_set(err, ERR_SRC_COMPONENT,
		       "%s/dists/%s: the release has no %s/Packages: no component \"%s\" "
		       "or no architecture \"%s\"",
		       source->base, source->suite, dir, component, in->req->arch);
}

/* From the first mirror that has it as the release says; the error is the first's. */
static int fetch_any(struct index_input *in, struct err *err)
{
	int r = fetch_checked(in->req, in->name, in->url, in->hex, in->log, &in->data, err);

	for (size_t i = 0; i < in->source->mirrors.n && r; i++) {
		auto_free char *url = path_join(in->source->mirrors.v[i], in->path);
		struct err other = { 0 };

		log_printf(in->log, "%s; trying %s", err->msg, in->source->mirrors.v[i]);
		buf_clear(&in->data);
		if (!fetch_checked(in->req, in->name, url, in->hex, in->log, &in->data, &other))
			r = 0;
	}
	return r;
}

/* Begin to decompress. */
static int begin(struct index_input *in, struct err *err)
{
	int r = 0;

	if (!from_cache(in->req, in->hex, &in->data))
		r = fetch_any(in, err);
	if (r)
		return r;
	in->index = xcalloc(1, sizeof(*in->index));
	in->index->source = in->source;
	r = thinner_new(buf_str(&in->data), in->data.len, in->req->arch, in->index, &in->thinner, err);
	return r ? err_wrap(err, "%s", in->url) : 0;
}

void index_input_free(struct index_input *in)
{
	if (!in)
		return;
	thinner_free(in->thinner);
	index_free(in->index);
	buf_clear(&in->data);
	free(in->name);
	free(in->url);
	free(in->path);
	free(in);
}

int index_input_fetch(const struct pkg_request *req, const struct pkg_source *source,
		      const struct release *release, const char *component, struct log *log,
		      struct index_input **ret, struct err *err)
{
	struct index_input *in = xcalloc(1, sizeof(*in));
	int r;

	*in = (struct index_input){ .req = req, .source = source, .log = log };
	r = choose_index(in, release, component, err);
	if (!r && (source->medium || !index_cache_has(req, in->hex)))
		r = begin(in, err);
	if (r)
		index_input_free(in);
	else
		*ret = in;
	return r;
}

static int parse(struct index_input *in, Pool *pool, struct err *err)
{
	static const cookie_io_functions_t io = { .read = thinner_read };
	struct index *x = in->index;
	FILE *f = fopencookie(in->thinner, "r", io);
	const char *why;

	if (!f)
		abort();
	x->repo = repo_create(pool, in->source->name);
	x->repo->appdata = x;
	repo_add_debpackages(x->repo, f, REPO_NO_INTERNALIZE);
	fclose(f);
	repo_internalize(x->repo);
	why = thinner_why(in->thinner);
	if (why)
		return err_set(err, ERR_SRC_INDEX, "%s: cannot read it: %s", in->url, why);
	if (x->repo->nsolvables != (int)x->n || (x->n && x->repo->end - x->repo->start != (int)x->n))
		return err_set(err, ERR_SRC_INDEX, "%s: cannot read it: %d of %zu paragraphs understood",
			       in->url, x->repo->nsolvables, x->n);
	return 0;
}

int index_input_add(struct index_input *in, Pool *pool, struct index **ret, struct err *err)
{
	struct index *cached = in->thinner ? NULL : index_cache_load(pool, in->req, in->source, in->hex);
	int r = 0;

	if (cached) {
		*ret = cached;
		return 0;
	}
	if (!in->thinner)
		r = begin(in, err);
	if (!r)
		r = parse(in, pool, err);
	if (r)
		return r;
	if (!in->source->medium)
		index_cache_save(in->index, in->req, in->hex, in->log);
	*ret = TAKE(in->index);
	return 0;
}

int index_copy(const struct pkg_request *req, const struct pkg_source *source, const struct release *release,
	       const char *component, const char *dir, struct door *door, struct err *err)
{
	struct index_input *in = xcalloc(1, sizeof(*in));
	int r;

	*in = (struct index_input){ .req = req, .source = source, .log = door->log };
	r = choose_index(in, release, component, err);
	if (!r && !from_cache(req, in->hex, &in->data))
		r = fetch_any(in, err);
	if (!r) {
		auto_free char *path = path_join(dir, in->path);

		r = door_write(door, path, in->data.data, in->data.len, 0644, err);
	}
	index_input_free(in);
	return r;
}
