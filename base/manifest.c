#include "base/manifest.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <lzma.h>
#include <unistd.h>

#include "base/tree.h"
#include "base/util.h"

#define MAGIC      "xenith-manifest 2 "
#define SUM_FORMAT "%016" PRIx64
#define SUM_LEN    16

static int sum_file(const char *path, uint64_t *sum, struct err *err)
{
	auto_close int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	uint8_t data[65536];
	ssize_t n;

	if (fd < 0)
		return err_sys(err, "cannot open %s", path);
	for (*sum = 0; (n = read(fd, data, sizeof(data))) > 0;)
		*sum = lzma_crc64(data, (size_t)n, *sum);
	return n < 0 ? err_sys(err, "cannot read %s", path) : 0;
}

/* The checksum of a file's content or of a link's target, and its length. */
static int digest(const char *path, uint64_t *size, uint64_t *sum, struct err *err)
{
	char target[4096];
	struct stat st;
	ssize_t n;

	if (lstat(path, &st))
		return err_sys(err, "cannot look at %s", path);
	*size = (uint64_t)st.st_size;
	if (!S_ISLNK(st.st_mode))
		return sum_file(path, sum, err);
	n = readlink(path, target, sizeof(target));
	if (n < 0)
		return err_sys(err, "cannot read the link %s", path);
	*sum = lzma_crc64((const uint8_t *)target, (size_t)n, 0);
	return 0;
}

static bool has_content(const struct tree_entry *e)
{
	return S_ISREG(e->st->st_mode) || S_ISLNK(e->st->st_mode);
}

/* Paths below root, with their leading slash, sorted. */
static int list_files(const char *root, struct argv *ret, struct err *err)
{
	int r = tree_list(root, TREE_ONE_FS, has_content, ret, err);

	for (size_t i = 0; !r && i < ret->n; i++)
		if (strchr(ret->v[i], '\n'))
			r = err_set(err, ERR_INPUT, "%s%s: a newline in a file name cannot be listed", root,
				    ret->v[i]);
	return r;
}

int manifest_make(const char *root, struct buf *ret, struct err *err)
{
	auto_free char *top = xstrdup(root);
	auto_argv files = { 0 };
	int r;

	for (size_t n = strlen(top); n && top[n - 1] == '/'; n--)
		top[n - 1] = '\0';
	r = list_files(top, &files, err);
	if (r)
		return r;
	buf_addf(ret, MAGIC "%zu\n", files.n);
	for (size_t i = 0; i < files.n; i++) {
		auto_free char *path = xasprintf("%s%s", top, files.v[i]);
		uint64_t size, sum;

		r = digest(path, &size, &sum, err);
		if (r)
			return r;
		buf_addf(ret, SUM_FORMAT " %" PRIu64 " %s\n", sum, size, files.v[i]);
	}
	return 0;
}

struct damage {
	size_t missing, cut, changed;
	char *first;
};

static void note(struct damage *d, size_t *kind, const char *path, const char *what)
{
	(*kind)++;
	if (!d->first)
		d->first = xasprintf("%s %s", path, what);
}

/* One line, "CRC64 SIZE PATH"; 0, or -1 when the line is not one. */
static int check_line(const char *root, char *line, struct damage *d, struct manifest_sum *sum)
{
	char *size_word = strchr(line, ' ');
	char *path_word = size_word ? strchr(size_word + 1, ' ') : NULL;
	auto_free char *path = NULL;
	uint64_t want, size, own;
	char hex[SUM_LEN + 1];
	struct stat st;

	if (!path_word || size_word - line != SUM_LEN)
		return -1;
	*size_word++ = *path_word++ = '\0';
	if (!str_u64(size_word, &want) || *path_word != '/')
		return -1;
	path = xasprintf("%s%s", str_eq(root, "/") ? "" : root, path_word);
	sum->files++;
	sum->bytes += want;
	if (lstat(path, &st))
		note(d, &d->missing, path_word, "is missing");
	else if ((uint64_t)st.st_size != want)
		note(d, &d->cut, path_word, "has the wrong size");
	else if (digest(path, &size, &own, NULL) ||
		 (snprintf(hex, sizeof(hex), SUM_FORMAT, own), !str_eq(hex, line)))
		note(d, &d->changed, path_word, "has the wrong content");
	return 0;
}

int manifest_check(const char *root, const char *manifest, struct manifest_sum *sum, struct err *err)
{
	auto_free char *text = xstrdup(manifest);
	char *line = text, *next;
	struct manifest_sum own = { 0 };
	struct damage d = { 0 };
	uint64_t want = 0;
	int r = 0;

	for (size_t n = 0; *line; line = next, n++) {
		next = line + strcspn(line, "\n");
		if (!*next)
			break; /* no newline: cut */
		*next++ = '\0';
		if (n == 0 && (!str_starts(line, MAGIC) || !str_u64(line + strlen(MAGIC), &want)))
			break;
		if (n > 0 && check_line(root, line, &d, &own))
			break;
	}
	if (*line || !want || own.files != want)
		r = err_set(err, ERR_HW_LIST, "the manifest is damaged: %llu of %llu lines are good",
			    (unsigned long long)own.files, (unsigned long long)want);
	else if (d.first)
		r = err_set(err, ERR_HW_MEDIUM,
			    "of %llu files %zu are missing, %zu cut, %zu changed (first: %s)",
			    (unsigned long long)want, d.missing, d.cut, d.changed, d.first);
	free(d.first);
	if (sum)
		*sum = own;
	return r;
}
