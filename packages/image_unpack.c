#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <iconv.h>
#include <pthread.h>
#include <sched.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/util.h"
#include "packages/image_blocks.h"

struct unpack {
	const struct image *image;
	const char *dir;
	struct pkg_progress *progress;
	struct image_blocks *blocks;
	uint64_t done; /* compressed bytes */
	int r;
	struct err err;
};

static la_ssize_t read_frame(struct archive *a, void *arg, const void **data)
{
	struct unpack *u = arg;
	size_t packed_len = 0;
	ssize_t n = image_blocks_next(u->blocks, data, &packed_len, &u->err);

	if (n < 0)
		archive_set_error(a, EIO, "%s", u->err.msg);
	u->done += packed_len;
	if (n > 0 && u->progress && u->progress->fn)
		u->progress->fn(u->progress->arg, "unpack", u->done, image_bytes(u->image), "image");
	return n;
}

static int copy_data(struct archive *tar, struct archive *disk)
{
	const void *block;
	la_int64_t offset;
	size_t len;
	int a;

	while ((a = archive_read_data_block(tar, &block, &len, &offset)) == ARCHIVE_OK)
		/* A full disk is only a warning to libarchive. */
		if (archive_write_data_block(disk, block, len, offset) != ARCHIVE_OK)
			return -1;
	return a == ARCHIVE_EOF ? 0 : -1;
}

static int failed(struct unpack *u, struct archive *tar, struct archive *disk, const char *name)
{
	const char *why = archive_error_string(disk);
	int e = archive_errno(disk);

	if (u->err.code)
		return -u->err.code;
	if (!why || !name)
		return err_set(&u->err, ERR_IMG_CHANGED, "%s: damaged: %s", u->image->shown,
			       archive_error_string(tar));
	return err_set(&u->err, ERR_SYS, "cannot write /%s: %s%s%s", name, why, e > 0 ? ": " : "",
		       e > 0 ? strerror(e) : "");
}

static int unpack_entries(struct unpack *u, struct archive *tar, struct archive *disk)
{
	struct archive_entry *entry;
	int a;

	while ((a = archive_read_next_header(tar, &entry)) == ARCHIVE_OK || a == ARCHIVE_WARN) {
		const char *name = archive_entry_pathname(entry);
		bool has_data = archive_entry_filetype(entry) == AE_IFREG && archive_entry_size(entry) > 0 &&
				!archive_entry_hardlink(entry);

		if (archive_write_header(disk, entry) < ARCHIVE_WARN || (has_data && copy_data(tar, disk)) ||
		    archive_write_finish_entry(disk) < ARCHIVE_WARN)
			return failed(u, tar, disk, name);
	}
	if (a != ARCHIVE_EOF)
		return failed(u, tar, disk, NULL);
	/* To the last byte: what follows the archive's end is padding, and the file's checksum. */
	while (!u->err.code) {
		const void *data;

		if (read_frame(tar, u, &data) <= 0)
			break;
	}
	if (archive_write_close(disk) != ARCHIVE_OK && !u->err.code)
		return failed(u, tar, disk, "");
	return u->err.code ? -u->err.code : 0;
}

/* In a thread with a root of its own: nothing in the archive can name what is outside. */
static void *run(void *arg)
{
	struct unpack *u = arg;
	struct archive *tar = archive_read_new(), *disk = archive_write_disk_new();
	bool as_root = geteuid() == 0;

	if (unshare(CLONE_FS) || chdir(u->dir) || (as_root && chroot("."))) {
		u->r = err_sys(&u->err, "cannot go to %s", u->dir);
		goto out;
	}
	umask(0);
	archive_read_support_format_tar(tar);
	archive_write_disk_set_options(
		disk, ARCHIVE_EXTRACT_PERM | ARCHIVE_EXTRACT_TIME | ARCHIVE_EXTRACT_XATTR |
			      ARCHIVE_EXTRACT_ACL | ARCHIVE_EXTRACT_SECURE_NODOTDOT |
			      (as_root ? ARCHIVE_EXTRACT_OWNER : ARCHIVE_EXTRACT_SECURE_SYMLINKS));
	if (archive_read_open(tar, u, NULL, read_frame, NULL) != ARCHIVE_OK)
		u->r = failed(u, tar, disk, NULL);
	else
		u->r = unpack_entries(u, tar, disk);
out:
	archive_read_free(tar);
	archive_write_free(disk);
	return NULL;
}

static int sync_dir(const char *dir, struct err *err)
{
	auto_close int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 || syncfs(fd) ? err_sys(err, "cannot sync %s", dir) : 0;
}

/*
 * libarchive converts names, for which the C library maps its list of character sets once. Mapped out of the
 * new root it would keep that mounted until the process ends.
 */
static void load_charsets(void)
{
	iconv_t c = iconv_open("UTF-8", "ISO-8859-1");

	if (c != (iconv_t)-1)
		iconv_close(c);
}

static int do_unpack(void *arg, struct err *err)
{
	struct unpack *u = arg;
	pthread_t thread;

	load_charsets();
	u->blocks = image_blocks_new(u->image);
	if (pthread_create(&thread, NULL, run, u))
		abort();
	pthread_join(thread, NULL);
	image_blocks_free(u->blocks);
	return u->r ? err_copy(err, &u->err) : sync_dir(u->dir, err);
}

int image_unpack(struct image *image, const char *dir, struct door *door, struct pkg_progress *progress,
		 struct err *err)
{
	struct unpack u = { .image = image, .dir = dir, .progress = progress };
	auto_free char *what = xasprintf("unpack the image %s into %s", image->shown, dir);
	int r = door_mkdirs(door, dir, 0755, err);

	return r ? r : door_call(door, what, do_unpack, &u, err);
}
