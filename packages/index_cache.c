#include "packages/index_cache.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio_ext.h>
#include <solv/repo_solv.h>
#include <solv/repo_write.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/util.h"

#define MAGIC             "xenith index 1\n"
#define READ_BUFFER_BYTES (256u << 10)

/* Behind the SHA-256 (hex) of all that follows it; then n records, the file names' text, and libsolv's part.
 */
struct head {
	char magic[16];
	uint64_t n, names_len, solv_len;
};

struct record {
	unsigned char sha256[32];
	uint64_t size_bytes, installed_kib;
	uint32_t filename; /* where in the text; UINT32_MAX: none */
	uint8_t priority, essential, has_sha256, unused;
};

static char *cache_path(const struct pkg_request *req, const char *hex)
{
	return xasprintf("%s/%s.%s.solv", req->cache_dir, hex, req->arch);
}

bool index_cache_has(const struct pkg_request *req, const char *hex)
{
	auto_free char *path = req->cache_dir ? cache_path(req, hex) : NULL;

	return path && file_exists(path);
}

/* The whole file in memory, for reading only. */
static bool map_file(const char *path, struct index_map *ret)
{
	auto_close int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *p;

	if (fd < 0 || fstat(fd, &st) || st.st_size < (off_t)(HASH_HEX_LEN + sizeof(struct head)))
		return false;
	p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
	if (p == MAP_FAILED)
		return false;
	*ret = (struct index_map){ p, (size_t)st.st_size };
	return true;
}

static bool is_sound(const struct index_map *m, struct head *head)
{
	const char *p = m->data + HASH_HEX_LEN;
	size_t len = m->len - HASH_HEX_LEN;
	char found[HASH_HEX_LEN + 1];

	memcpy(head, p, sizeof(*head));
	if (memcmp(head->magic, MAGIC, sizeof(MAGIC)) || head->n > len / sizeof(struct record) ||
	    sizeof(*head) + head->n * sizeof(struct record) + head->names_len + head->solv_len != len ||
	    !head->names_len || p[len - head->solv_len - 1])
		return false;
	hash_mem(p, len, found);
	return memcmp(found, m->data, HASH_HEX_LEN) == 0;
}

static void read_records(struct index *x, const char *p, const char *names, uint64_t names_len)
{
	x->entries = xcalloc(x->n + 1, sizeof(*x->entries));
	for (size_t i = 0; i < x->n; i++) {
		struct record rec;
		struct index_entry *e = &x->entries[i];

		memcpy(&rec, p + i * sizeof(rec), sizeof(rec));
		memcpy(e->sha256, rec.sha256, sizeof(e->sha256));
		e->size_bytes = rec.size_bytes;
		e->installed_kib = rec.installed_kib;
		e->priority = rec.priority;
		e->essential = rec.essential;
		e->has_sha256 = rec.has_sha256;
		e->filename = rec.filename < names_len ? names + rec.filename : NULL;
	}
}

static struct index *read_index(Pool *pool, const struct pkg_source *source, const struct index_map *m)
{
	const char *p = m->data + HASH_HEX_LEN + sizeof(struct head), *names;
	struct index *x;
	struct head head;
	bool ok;
	FILE *f;

	if (!is_sound(m, &head))
		return NULL;
	names = p + head.n * sizeof(struct record);
	f = fmemopen((void *)(names + head.names_len), head.solv_len, "r");
	if (!f)
		return NULL;
	/* libsolv reads byte by byte, and nobody else reads this. */
	__fsetlocking(f, FSETLOCKING_BYCALLER);
	setvbuf(f, NULL, _IOFBF, READ_BUFFER_BYTES);
	x = xcalloc(1, sizeof(*x));
	x->source = source;
	x->n = head.n;
	x->repo = repo_create(pool, source->name);
	x->repo->appdata = x;
	ok = repo_add_solv(x->repo, f, 0) == 0 && x->repo->nsolvables == (int)x->n;
	fclose(f);
	if (!ok) {
		index_free(x);
		return NULL;
	}
	read_records(x, p, names, head.names_len);
	x->map = *m;
	return x;
}

struct index *index_cache_load(Pool *pool, const struct pkg_request *req, const struct pkg_source *source,
			       const char *hex)
{
	auto_free char *path = req->cache_dir ? cache_path(req, hex) : NULL;
	struct index *x;
	struct index_map m;

	if (!path || !map_file(path, &m))
		return NULL;
	x = read_index(pool, source, &m);
	if (!x)
		munmap(m.data, m.len);
	return x;
}

static bool add_solv(const struct index *x, struct buf *b)
{
	char *data = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&data, &len);
	bool ok = f && repo_write(x->repo, f) == 0;

	if (f)
		ok = fclose(f) == 0 && ok;
	if (ok)
		buf_add(b, data, len);
	free(data);
	return ok;
}

static void add_records(const struct index *x, struct buf *b, struct buf *names)
{
	for (size_t i = 0; i < x->n; i++) {
		const struct index_entry *e = &x->entries[i];
		struct record rec = { .size_bytes = e->size_bytes,
				      .installed_kib = e->installed_kib,
				      .filename = e->filename ? (uint32_t)names->len : UINT32_MAX,
				      .priority = (uint8_t)e->priority,
				      .essential = e->essential,
				      .has_sha256 = e->has_sha256 };

		memcpy(rec.sha256, e->sha256, sizeof(rec.sha256));
		buf_add(b, &rec, sizeof(rec));
		if (e->filename)
			buf_add(names, e->filename, strlen(e->filename) + 1);
	}
}

void index_cache_save(const struct index *x, const struct pkg_request *req, const char *hex, struct log *log)
{
	struct head head = { .magic = MAGIC, .n = x->n };
	auto_free char *path = req->cache_dir ? cache_path(req, hex) : NULL;
	char found[HASH_HEX_LEN + 1];
	auto_buf names = { 0 };
	auto_buf all = { 0 };
	struct err err = { 0 };
	size_t body;

	/* Entries belong to solvables by their number, which libsolv keeps only without gaps. */
	if (!path || !x->n || x->repo->end - x->repo->start != (int)x->n)
		return;
	memset(buf_room(&all, HASH_HEX_LEN + sizeof(head)), 0, HASH_HEX_LEN + sizeof(head));
	all.len = HASH_HEX_LEN + sizeof(head);
	add_records(x, &all, &names);
	buf_add(&all, names.data, names.len);
	body = all.len;
	if (!add_solv(x, &all))
		return;
	head.names_len = names.len;
	head.solv_len = all.len - body;
	memcpy(all.data + HASH_HEX_LEN, &head, sizeof(head));
	hash_mem(all.data + HASH_HEX_LEN, all.len - HASH_HEX_LEN, found);
	memcpy(all.data, found, HASH_HEX_LEN);
	if (file_write(path, all.data, all.len, 0644, &err))
		log_printf(log, "%s", err.msg);
}
