#include "guest/source.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <sys/file.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/util.h"
#include "guest/kernel.h"
#include "packages/fetch.h"
#include "packages/release.h"

#define FILE_MAX   (1ull << 30)
#define FETCH_S    1800
#define DEBIAN_DIR "main/installer-amd64/current/images"

struct source {
	struct guest_spec *spec;
	const char *dir, *keyring;
	struct log *log;
	struct buf kernel, initrd;
};

static int get(const struct source *s, const char *url, struct buf *ret, struct err *err)
{
	struct fetch_opts opts = { .timeout_s = FETCH_S, .max_bytes = FILE_MAX };

	return fetch_to_buf(url, &opts, s->log, ret, err);
}

char *ini_value(const char *text, const char *section, const char *key)
{
	auto_free char *head = xasprintf("[%s]", section);
	auto_argv lines = { 0 };
	bool inside = false;

	argv_split(&lines, text, "\r\n");
	for (size_t i = 0; i < lines.n; i++) {
		char *s = lines.v[i] + strspn(lines.v[i], " \t");
		size_t len = strcspn(s, "=");
		size_t name = len;

		if (*s == '[')
			inside = strncmp(s, head, strlen(head)) == 0;
		while (name && (s[name - 1] == ' ' || s[name - 1] == '\t'))
			name--;
		if (inside && s[len] == '=' && name == strlen(key) && strncmp(s, key, name) == 0)
			return xstrdup(s + len + 1 + strspn(s + len + 1, " \t"));
	}
	return NULL;
}

static int check_sum(const char *what, const struct buf *data, const char *want, struct err *err)
{
	char hex[HASH_HEX_LEN + 1];

	hash_mem(data->data, data->len, hex);
	if (strcasecmp(hex, want) == 0)
		return 0;
	return err_set(err, ERR_GUEST_SOURCE, "%s: SHA-256 is %s, and the tree says %s", what, hex, want);
}

/* A file whose sum is known: of the folder, if it was fetched before. */
static int get_summed(const struct source *s, const char *url, const char *sum, struct buf *ret,
		      struct err *err)
{
	auto_free char *kept = path_join(s->dir, sum);
	int r;

	if (strlen(sum) == HASH_HEX_LEN && !strchr(sum, '/') && !file_read(kept, ret, NULL) &&
	    !check_sum(kept, ret, sum, NULL))
		return 0;
	buf_clear(ret);
	r = get(s, url, ret, err);
	return r ? r : check_sum(url, ret, sum, err);
}

/* A file that .treeinfo names, with the sum that it gives. */
static int get_listed(const struct source *s, const char *tree, const char *info, const char *key,
		      struct buf *ret, struct err *err)
{
	auto_free char *path = ini_value(info, "images-x86_64", key);
	auto_free char *sum = path ? ini_value(info, "checksums", path) : NULL;
	auto_free char *url = path ? path_join(tree, path) : NULL;

	if (!path)
		return err_set(err, ERR_GUEST_SOURCE, "%s/.treeinfo names no %s for x86_64", tree, key);
	if (!sum || !str_starts(sum, "sha256:"))
		return err_set(err, ERR_GUEST_SOURCE, "%s/.treeinfo has no sha256 of %s", tree, path);
	return get_summed(s, url, sum + strlen("sha256:"), ret, err);
}

static int from_tree(struct source *s, struct err *err)
{
	const char *tree = s->spec->source_url;
	auto_free char *url = path_join(tree, ".treeinfo");
	auto_buf info = { 0 };
	int r = get(s, url, &info, err);

	if (!r)
		r = get_listed(s, tree, buf_str(&info), "kernel", &s->kernel, err);
	return r ? r : get_listed(s, tree, buf_str(&info), "initrd", &s->initrd, err);
}

/* A line of SHA256SUMS: "SUM  ./netboot/...". */
static char *sum_of(const char *sums, const char *path)
{
	auto_argv lines = { 0 };

	argv_split(&lines, sums, "\n");
	for (size_t i = 0; i < lines.n; i++) {
		auto_argv w = { 0 };

		argv_split(&w, lines.v[i], " \t");
		if (w.n == 2 && str_eq(str_starts(w.v[1], "./") ? w.v[1] + 2 : w.v[1], path))
			return xstrdup(w.v[0]);
	}
	return NULL;
}

static int get_debian(const struct source *s, const char *images, const char *sums, const char *path,
		      struct buf *ret, struct err *err)
{
	auto_free char *sum = sum_of(sums, path), *url = path_join(images, path);

	if (!sum)
		return err_set(err, ERR_GUEST_SOURCE, "%s/SHA256SUMS does not list %s", images, path);
	return get_summed(s, url, sum, ret, err);
}

static int from_debian(struct source *s, const char *dists, struct err *err)
{
	auto_free char *base = xstrndup(s->spec->source_url, (size_t)(dists - s->spec->source_url));
	struct pkg_source source = { .name = "main", .base = base, .suite = dists + strlen("/dists/") };
	struct pkg_request req = { .keyring = s->keyring };
	auto_free char *images = xasprintf("%s/" DEBIAN_DIR, s->spec->source_url);
	auto_free char *sums_url = path_join(images, "SHA256SUMS");
	char hex[65];
	uint64_t size;
	struct release release = { 0 };
	auto_buf sums = { 0 };
	int r = release_fetch(&req, &source, s->log, &release, err);

	if (!r && !release_find(&release, DEBIAN_DIR "/SHA256SUMS", hex, &size))
		r = err_set(err, ERR_GUEST_SOURCE, "%s: its release lists no installer", s->spec->source_url);
	if (!r)
		r = get(s, sums_url, &sums, err);
	if (!r)
		r = check_sum(sums_url, &sums, hex, err);
	if (!r)
		r = get_debian(s, images, buf_str(&sums), "netboot/debian-installer/amd64/linux", &s->kernel,
			       err);
	if (!r)
		r = get_debian(s, images, buf_str(&sums), "netboot/debian-installer/amd64/initrd.gz",
			       &s->initrd, err);
	release_clear(&release);
	return r;
}

static const struct {
	const char *kernel, *initrd;
} on_media[] = {
	{ "images/pxeboot/vmlinuz", "images/pxeboot/initrd.img" },
	{ "install.amd/vmlinuz", "install.amd/initrd.gz" },
	{ "casper/vmlinuz", "casper/initrd" },
	{ "boot/x86_64/loader/linux", "boot/x86_64/loader/initrd" },
};

static int read_entry(struct archive *a, struct buf *ret, struct err *err)
{
	ssize_t n;

	while ((n = archive_read_data(a, buf_room(ret, 1 << 20), 1 << 20)) > 0)
		buf_used(ret, (size_t)n);
	return n < 0 ? err_set(err, ERR_GUEST_MEDIUM, "the medium can't be read: %s", archive_error_string(a))
		     : 0;
}

/* One pass over the medium: the files of the first pair that is whole. */
static int from_iso(struct source *s, struct err *err)
{
	struct archive *a = archive_read_new();
	struct buf got[ARRAY_SIZE(on_media)][2] = { 0 };
	struct archive_entry *e;
	int r = 0;

	archive_read_support_format_iso9660(a);
	if (archive_read_open_filename(a, s->spec->iso, 1 << 16) != ARCHIVE_OK)
		r = err_set(err, ERR_GUEST_MEDIUM, "%s: %s\n", s->spec->iso, archive_error_string(a));
	while (!r && archive_read_next_header(a, &e) == ARCHIVE_OK)
		for (size_t i = 0; !r && i < ARRAY_SIZE(on_media); i++) {
			if (str_eq(archive_entry_pathname(e), on_media[i].kernel))
				r = read_entry(a, &got[i][0], err);
			else if (str_eq(archive_entry_pathname(e), on_media[i].initrd))
				r = read_entry(a, &got[i][1], err);
		}
	archive_read_free(a);
	for (size_t i = 0; i < ARRAY_SIZE(on_media); i++) {
		if (!s->kernel.len && got[i][0].len && got[i][1].len) {
			s->kernel = got[i][0];
			s->initrd = got[i][1];
			continue;
		}
		buf_clear(&got[i][0]);
		buf_clear(&got[i][1]);
	}
	if (!r && !s->kernel.len)
		r = err_set(err, ERR_GUEST_MEDIUM,
			    "%s: no installer's kernel and initrd that are known on it\n", s->spec->iso);
	return r;
}

static int from_names(struct source *s, struct err *err)
{
	const char *const names[] = { s->spec->kernel, s->spec->initrd };
	struct buf *const to[] = { &s->kernel, &s->initrd };
	int r = 0;

	for (size_t i = 0; !r && i < ARRAY_SIZE(names); i++)
		r = strstr(names[i], "://") ? get(s, names[i], to[i], err) : file_read(names[i], to[i], err);
	return r;
}

/* By its sum, so that all guests of one installer have one file. */
static int store(const struct source *s, const struct buf *data, const char **ret, struct err *err)
{
	char hex[HASH_HEX_LEN + 1], there[HASH_HEX_LEN + 1];

	hash_mem(data->data, data->len, hex);
	*ret = arena_printf(&s->spec->arena, "%s/%s", s->dir, hex);
	if (file_exists(*ret) && !hash_file(*ret, there, NULL) && str_eq(there, hex))
		return 0;
	return file_write(*ret, data->data, data->len, 0600, err);
}

/* One at a time: others fetch the same. */
static int store_both(const struct source *s, struct err *err)
{
	auto_close int lock = open(s->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r;

	if (lock < 0 || flock(lock, LOCK_EX))
		return err_sys(err, "cannot lock %s", s->dir);
	r = store(s, &s->kernel, &s->spec->kernel, err);
	return r ? r : store(s, &s->initrd, &s->spec->initrd, err);
}

int guest_source_fetch(struct guest_spec *spec, const char *dir, const char *keyring, struct log *log,
		       struct err *err)
{
	struct source s = { .spec = spec, .dir = dir, .keyring = keyring, .log = log };
	const char *dists = spec->source_url ? strstr(spec->source_url, "/dists/") : NULL;
	int r = file_mkdirs(dir, 0700, err);

	if (r)
		return r;
	if (spec->kernel)
		r = from_names(&s, err);
	else if (spec->iso)
		r = from_iso(&s, err);
	else if (dists)
		r = from_debian(&s, dists, err);
	else
		r = from_tree(&s, err);
	if (!r)
		r = store_both(&s, err);
	buf_clear(&s.kernel);
	buf_clear(&s.initrd);
	return r;
}

int guest_source_probe(struct guest_spec *spec, struct err *err)
{
	struct kernel_notes notes = { 0 };
	int r = kernel_notes_file(spec->kernel, &notes, err);

	if (r)
		return r;
	spec->kernel_known = notes.elf;
	spec->kernel_pv = notes.pv;
	spec->kernel_pvh = notes.pvh;
	spec->kernel_zstd = str_eq(notes.packing, "zstd");
	return 0;
}
