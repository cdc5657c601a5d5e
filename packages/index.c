#include "packages/index.h"

#include <archive.h>
#include <solv/repo_deb.h>
#include <strings.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/util.h"
#include "packages/fetch.h"

#define INDEX_MAX_BYTES (64ull << 20)
#define INDEX_TIMEOUT_S 600

/* Decompresses an index and hands libsolv's reader a thinner one. */
struct thinner {
	struct archive *in;
	const char *arch;
	struct index *index;
	struct buf line;        /* an unfinished line */
	struct buf stanza;      /* what libsolv will see of this paragraph */
	struct buf out;         /* whole paragraphs */
	size_t out_done;        /* bytes of out that were read */
	struct index_entry cur; /* of this paragraph */
	bool has_name, wrong_arch;
	bool keep_more; /* the last field's continuation lines are for libsolv too */
	bool end;
	char why[256]; /* why reading failed */
};

static enum pkg_priority priority_of(const char *s)
{
	static const char *const names[] = { "required", "important", "standard", "optional", "extra" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (str_eq(s, names[i]))
			return (enum pkg_priority)i;
	return PRIO_EXTRA;
}

static bool hex_to_bytes(const char *hex, unsigned char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char pair[3] = { hex[2 * i], hex[2 * i] ? hex[2 * i + 1] : '\0', '\0' };
		char *end;

		bytes[i] = (unsigned char)strtoul(pair, &end, 16);
		if (end != pair + 2)
			return false;
	}
	return hex[2 * n] == '\0';
}

static void note_field(struct thinner *t, const char *name, const char *value)
{
	uint64_t n;

	if (!strcasecmp(name, "Filename"))
		t->cur.filename = arena_strdup(&t->index->arena, value);
	else if (!strcasecmp(name, "SHA256"))
		t->cur.has_sha256 = hex_to_bytes(value, t->cur.sha256, sizeof(t->cur.sha256));
	else if (!strcasecmp(name, "Size") && str_u64(value, &n))
		t->cur.size_bytes = n;
	else if (!strcasecmp(name, "Installed-Size") && str_u64(value, &n))
		t->cur.installed_kib = n;
	else if (!strcasecmp(name, "Priority"))
		t->cur.priority = priority_of(value);
	else if (!strcasecmp(name, "Essential"))
		t->cur.essential = str_eq(value, "yes");
	else if (!strcasecmp(name, "Package"))
		t->has_name = true;
	else if (!strcasecmp(name, "Architecture"))
		t->wrong_arch = !str_eq(value, "all") && !str_eq(value, t->arch);
}

/* "python3:any" is python3 here: there is one architecture only. */
static void add_without_any(struct buf *b, const char *s)
{
	const char *any;

	while ((any = strstr(s, ":any"))) {
		buf_add(b, s, (size_t)(any - s));
		s = any + strlen(":any");
	}
	buf_adds(b, s);
}

static void end_stanza(struct thinner *t)
{
	struct index *x = t->index;

	if (t->has_name && !t->wrong_arch) {
		xgrow(&x->entries, &x->cap, x->n, sizeof(*x->entries));
		x->entries[x->n++] = t->cur;
		buf_add(&t->out, t->stanza.data, t->stanza.len);
		buf_addc(&t->out, '\n');
	}
	t->stanza.len = 0;
	t->cur = (struct index_entry){ .priority = PRIO_OPTIONAL };
	t->has_name = t->wrong_arch = t->keep_more = false;
}

static void take_line(struct thinner *t, char *line)
{
	static const char *const for_solver[] = { "Package",   "Version",     "Architecture",
						  "Depends",   "Pre-Depends", "Provides",
						  "Conflicts", "Breaks",      "Recommends" };
	char *colon;

	if (!*line) {
		end_stanza(t);
		return;
	}
	if (*line == ' ' || *line == '\t') {
		if (t->keep_more) {
			add_without_any(&t->stanza, line);
			buf_addc(&t->stanza, '\n');
		}
		return;
	}
	colon = strchr(line, ':');
	if (!colon)
		return;
	*colon = '\0';
	note_field(t, line, colon + 1 + strspn(colon + 1, " \t"));
	t->keep_more = false;
	for (size_t i = 0; i < ARRAY_SIZE(for_solver); i++)
		t->keep_more |= !strcasecmp(line, for_solver[i]);
	if (!t->keep_more)
		return;
	buf_addf(&t->stanza, "%s:", line);
	add_without_any(&t->stanza, colon + 1);
	buf_addc(&t->stanza, '\n');
}

static void take_block(struct thinner *t, const char *p, size_t n)
{
	while (n) {
		const char *nl = memchr(p, '\n', n);
		size_t len = nl ? (size_t)(nl - p) : n;

		buf_add(&t->line, p, len);
		if (nl) {
			take_line(t, t->line.data);
			t->line.len = 0;
			len++;
		}
		p += len;
		n -= len;
	}
}

/* More into out, until there is something or the input ends. */
static bool refill(struct thinner *t)
{
	char block[65536];

	t->out.len = t->out_done = 0;
	while (!t->out.len && !t->end) {
		la_ssize_t n = archive_read_data(t->in, block, sizeof(block));

		if (n < 0) {
			snprintf(t->why, sizeof(t->why), "%s", archive_error_string(t->in));
			return false;
		}
		if (n > 0) {
			take_block(t, block, (size_t)n);
			continue;
		}
		if (t->line.len)
			take_block(t, "\n", 1);
		end_stanza(t);
		t->end = true;
	}
	return true;
}

static ssize_t thinner_read(void *cookie, char *p, size_t n)
{
	struct thinner *t = cookie;

	if (t->out_done == t->out.len && !t->end && !refill(t))
		return -1;
	n = MIN(n, t->out.len - t->out_done);
	if (n)
		memcpy(p, t->out.data + t->out_done, n);
	t->out_done += n;
	return (ssize_t)n;
}

static void thinner_clear(struct thinner *t)
{
	buf_clear(&t->line);
	buf_clear(&t->stanza);
	buf_clear(&t->out);
	archive_read_free(t->in);
}

/* Open the input; an empty index is fine and sets end. */
static int thinner_open(struct thinner *t, const void *data, size_t len, struct err *err)
{
	struct archive_entry *entry;

	t->cur.priority = PRIO_OPTIONAL;
	t->end = len == 0;
	t->in = archive_read_new();
	archive_read_support_filter_all(t->in);
	archive_read_support_format_raw(t->in);
	if (!t->end && (archive_read_open_memory(t->in, data, len) != ARCHIVE_OK ||
			archive_read_next_header(t->in, &entry) != ARCHIVE_OK))
		return err_set(err, ERR_FETCH, "cannot read it: %s", archive_error_string(t->in));
	return 0;
}

int index_add(Pool *pool, const struct pkg_source *source, const char *arch, const void *data, size_t len,
	      struct index **ret, struct err *err)
{
	static const cookie_io_functions_t io = { .read = thinner_read };
	struct index *x = xcalloc(1, sizeof(*x));
	struct thinner t = { .arch = arch, .index = x };
	FILE *f;
	int r = thinner_open(&t, data, len, err);

	x->source = source;
	if (r)
		goto out;
	x->repo = repo_create(pool, source->name);
	x->repo->appdata = x;
	f = fopencookie(&t, "r", io);
	if (!f)
		abort();
	repo_add_debpackages(x->repo, f, REPO_NO_INTERNALIZE);
	fclose(f);
	repo_internalize(x->repo);
	if (t.why[0])
		r = err_set(err, ERR_FETCH, "cannot read it: %s", t.why);
	else if (x->repo->nsolvables != (int)x->n || (x->n && x->repo->end - x->repo->start != (int)x->n))
		r = err_set(err, ERR_FETCH, "cannot read it: %d of %zu paragraphs understood",
			    x->repo->nsolvables, x->n);
out:
	thinner_clear(&t);
	if (r)
		index_free(x);
	else
		*ret = x;
	return r;
}

void index_free(struct index *x)
{
	if (!x)
		return;
	if (x->repo)
		repo_free(x->repo, 0);
	arena_clear(&x->arena);
	free(x->entries);
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
				   .timeout_s = INDEX_TIMEOUT_S };
	auto_free char *shown = fetch_url_masked(url);
	char found[HASH_HEX_LEN + 1];
	int r = fetch_to_buf(url, &opts, log, ret, err);

	if (r)
		return r;
	hash_mem(buf_str(ret), ret->len, found);
	if (!str_eq(found, hex))
		return err_set(err, ERR_SRC_HASH,
			       "%s (%s): wrong hash: found SHA-256 %s, wanted %s; the mirror is being "
			       "updated or the "
			       "file was changed on its way: try again or use another mirror",
			       name, shown, found, hex);
	if (req->cache_dir) {
		auto_free char *path = path_join(req->cache_dir, hex);

		return file_write(path, ret->data, ret->len, 0644, err);
	}
	return 0;
}

int index_fetch(Pool *pool, const struct pkg_request *req, const struct pkg_source *source,
		const struct release *release, const char *component, const char *arch, struct log *log,
		struct index **ret, struct err *err)
{
	static const char *const suffixes[] = { ".xz", ".gz", "" };
	auto_free char *dir = xasprintf("%s/binary-%s", component, arch);
	auto_free char *name = NULL, *url = NULL;
	char hex[HASH_HEX_LEN + 1];
	auto_buf data = { 0 };
	uint64_t size_bytes;
	int r;

	for (size_t i = 0; i < ARRAY_SIZE(suffixes) && !url; i++) {
		free(name);
		name = xasprintf("%s/Packages%s", dir, suffixes[i]);
		if (release_find(release, name, hex, &size_bytes))
			url = release->by_hash
				      ? xasprintf("%s/dists/%s/%s/by-hash/SHA256/%s", source->base,
						  source->suite, dir, hex)
				      : xasprintf("%s/dists/%s/%s", source->base, source->suite, name);
	}
	if (!url)
		return err_set(err, ERR_SRC_COMPONENT,
			       "%s/dists/%s: the release has no %s/Packages: no component \"%s\" "
			       "or no architecture \"%s\"",
			       source->base, source->suite, dir, component, arch);
	if (!from_cache(req, hex, &data)) {
		r = fetch_checked(req, name, url, hex, log, &data, err);
		if (r)
			return r;
	}
	r = index_add(pool, source, req->arch, buf_str(&data), data.len, ret, err);
	return r ? err_wrap(err, "%s", url) : 0;
}
