#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/util.h"
#include "packages/control.h"
#include "packages/image.h"
#include "packages/image_tree.h"

#define DEFAULT_LEVEL 6
#define GPG_SECONDS   120

/* "NAME VERSION ARCH" of each package of dpkg's database; none where there is no database. */
static void list_packages(const char *root, struct image_manifest *m)
{
	auto_free char *path = path_join(root, "var/lib/dpkg/status");
	auto_buf status = { 0 };
	auto_argv lines = { 0 };
	auto_buf text = { 0 };
	char *next;

	if (!file_exists(path) || file_read(path, &status, NULL))
		return;
	for (char *p = status.data; p && *p; p = next) {
		char *end = strstr(p, "\n\n");
		auto_free char *name = NULL, *version = NULL, *arch = NULL;

		next = end ? end + 2 : NULL;
		if (end)
			end[1] = '\0';
		name = control_field(p, "Package");
		version = control_field(p, "Version");
		arch = control_field(p, "Architecture");
		if (name && version && arch && control_field_has(p, "Status", "installed"))
			argv_addf(&lines, "%s %s %s", name, version, arch);
	}
	argv_sort_unique(&lines);
	for (size_t i = 0; i < lines.n; i++)
		buf_addf(&text, "%s\n", lines.v[i]);
	m->packages = buf_take(&text);
}

static int sign(const struct image_build *b, const struct image_manifest *m, struct log *log, struct buf *ret,
		struct err *err)
{
	auto_run run = { .stdin_data = m->text.data,
			 .stdin_len = m->text.len,
			 .out = ret,
			 .log = log,
			 .timeout_s = GPG_SECONDS };

	if (!b->sign_key)
		return 0;
	argv_addl(&run.argv, "gpg", "--batch", "--yes", "--local-user", b->sign_key, "--digest-algo",
		  "SHA256", "--detach-sign", "--output", "-", NULL);
	return run_argv(&run, err);
}

static void skippable(struct buf *b, uint32_t magic, const struct buf *content)
{
	if (!content->len)
		return;
	image_put_u32(b, magic);
	image_put_u32(b, (uint32_t)content->len);
	buf_add(b, content->data, content->len);
}

/* zstd's seekable format: a table of all frames' lengths, those of the skippable ones included. */
static void seek_table(struct buf *b, const struct image_manifest *m, const struct buf *signature)
{
	uint32_t n = (uint32_t)m->n + (signature->len ? 2 : 1);

	image_put_u32(b, IMAGE_MAGIC_SEEK);
	image_put_u32(b, n * 8 + 9);
	image_put_u32(b, (uint32_t)m->text.len + IMAGE_SKIP_HEAD);
	image_put_u32(b, 0);
	if (signature->len) {
		image_put_u32(b, (uint32_t)signature->len + IMAGE_SKIP_HEAD);
		image_put_u32(b, 0);
	}
	for (size_t i = 0; i < m->n; i++) {
		image_put_u32(b, m->frames[i].len);
		image_put_u32(b, m->frames[i].unpacked_len);
	}
	image_put_u32(b, n);
	buf_addc(b, 0);
	image_put_u32(b, IMAGE_SEEKABLE);
}

static int put(int fd, const struct buf *b, const char *path, struct err *err)
{
	for (size_t done = 0; done < b->len;) {
		ssize_t n = write(fd, b->data + done, b->len - done);

		if (n < 0 && errno != EINTR)
			return err_sys(err, "cannot write %s", path);
		done += n > 0 ? (size_t)n : 0;
	}
	return 0;
}

static int copy_body(int from, int to, const char *path, struct err *err)
{
	loff_t at = 0;

	for (;;) {
		ssize_t n = copy_file_range(from, &at, to, NULL, 1u << 30, 0);

		if (n == 0)
			return 0;
		if (n < 0 && errno != EINTR)
			return err_sys(err, "cannot write %s", path);
	}
}

/* The manifest comes first in the file and is known last. */
static int assemble(const struct image_build *b, struct image_manifest *m, int body, struct log *log,
		    struct image_sums *ret, struct err *err)
{
	auto_free char *part = xasprintf("%s.part", b->out);
	auto_close int fd = open(part, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	auto_buf signature = { 0 };
	auto_buf head = { 0 };
	auto_buf tail = { 0 };
	struct stat st;
	int r;

	if (fd < 0)
		return err_sys(err, "cannot create %s", part);
	image_manifest_print(m);
	r = sign(b, m, log, &signature, err);
	skippable(&head, IMAGE_MAGIC_MANIFEST, &m->text);
	skippable(&head, IMAGE_MAGIC_SIGNATURE, &signature);
	seek_table(&tail, m, &signature);
	if (!r)
		r = put(fd, &head, part, err);
	if (!r)
		r = copy_body(body, fd, part, err);
	if (!r)
		r = put(fd, &tail, part, err);
	if (!r && (fsync(fd) || fstat(fd, &st) || rename(part, b->out)))
		r = err_sys(err, "cannot write %s", b->out);
	if (r) {
		unlink(part);
		return r;
	}
	hash_mem(m->text.data, m->text.len, ret->manifest);
	ret->bytes = (uint64_t)st.st_size;
	ret->unpacked_bytes = m->unpacked_bytes;
	return hash_file(b->out, ret->file, err);
}

static int compress_tree(const struct image_build *b, int body, struct image_manifest *m, struct err *err)
{
	struct frames *frames = frames_new(body, b->level ? b->level : DEFAULT_LEVEL, m);
	int r = image_tree_write(b->root, b->epoch_s, b->used, frames, err);

	if (!r && frames_finish(frames))
		r = err_sys(err, "cannot write %s", b->out);
	frames_free(frames);
	return r;
}

int image_build(const struct image_build *b, struct log *log, struct image_sums *ret, struct err *err)
{
	auto_free char *body_path = xasprintf("%s.frames", b->out);
	auto_close int body = open(body_path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	struct image_manifest m = { 0 };
	int r;

	if (body < 0)
		return err_sys(err, "cannot create %s", body_path);
	unlink(body_path);
	list_packages(b->root, &m);
	r = compress_tree(b, body, &m, err);
	if (!r)
		r = assemble(b, &m, body, log, ret, err);
	image_manifest_clear(&m);
	return r;
}
