#include "packages/image_tree.h"

#include <archive.h>
#include <archive_entry.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/util.h"
#include "packages/image_private.h"

#define READ_BYTES 1048576

struct tree {
	const char *root;
	int64_t epoch_s;
	bool used;
	struct frames *frames;
	struct archive *disk, *tar;
	struct archive_entry_linkresolver *links;
};

/* Patterns of fnmatch(3): with a star alone behind the slash it is what is in the folder, but not itself. */
static const char *const skipped[] = {
	"boot/grub/grub.cfg",
	"dev/*",
	"etc/fstab",
	"etc/hostname",
	"etc/mtab",
	"etc/resolv.conf",
	"etc/ssh/ssh_host_*",
	"etc/udev/rules.d/70-persistent-net.rules",
	"lost+found",
	"proc/*",
	"run/*",
	"sys/*",
	"tmp/*",
	"var/cache/apt/*.bin",
	"var/cache/apt/archives/*.deb",
	"var/cache/debconf/*-old",
	"var/cache/ldconfig/aux-cache",
	"var/lib/apt/lists/*_*",
	"var/lib/dbus/machine-id",
	"var/lib/dpkg/*-old",
	"var/lib/systemd/credential.secret",
	"var/lib/systemd/random-seed",
	"var/log/xenith",
	"var/tmp/*",
};

bool image_tree_skips(const char *path)
{
	for (size_t i = 0; i < ARRAY_SIZE(skipped); i++)
		if (fnmatch(skipped[i], path, FNM_PATHNAME) == 0)
			return true;
	return false;
}

static la_ssize_t write_tar(struct archive *a, void *arg, const void *data, size_t len)
{
	struct tree *t = arg;

	if (frames_add(t->frames, data, len)) {
		archive_set_error(a, errno, "%s", strerror(errno));
		return -1;
	}
	return (la_ssize_t)len;
}

static int tar_failed(const struct tree *t, const char *path, struct err *err)
{
	return err_set(err, ERR_SYS, "cannot write /%s to the image: %s", path, archive_error_string(t->tar));
}

static int write_content(struct tree *t, const char *path, uint64_t size, struct err *err)
{
	auto_free char *full = path_join(t->root, path);
	auto_close int fd = open(full, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	auto_free char *block = xmalloc(READ_BYTES);
	ssize_t n;

	if (fd < 0)
		return err_sys(err, "cannot read %s", full);
	while (size) {
		n = read(fd, block, MIN(size, (uint64_t)READ_BYTES));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return err_set(err, ERR_SYS, "cannot read %s: %s", full,
				       n ? strerror(errno) : "it became shorter while it was read");
		if (archive_write_data(t->tar, block, (size_t)n) < 0)
			return tar_failed(t, path, err);
		size -= (uint64_t)n;
	}
	return 0;
}

static int write_text(struct tree *t, const char *path, struct archive_entry *entry, const struct buf *text,
		      struct err *err)
{
	archive_entry_set_size(entry, (la_int64_t)text->len);
	if (archive_write_header(t->tar, entry) < ARCHIVE_WARN ||
	    archive_write_data(t->tar, buf_str(text), text->len) < 0)
		return tar_failed(t, path, err);
	return 0;
}

/* Hosts get their own identity: machine-id(5). */
static int write_machine_id(struct tree *t, const char *path, struct archive_entry *entry, struct err *err)
{
	auto_buf none = { 0 };

	buf_adds(&none, "uninitialized\n");
	archive_entry_set_perm(entry, 0644);
	return write_text(t, path, entry, &none, err);
}

static int write_locked(struct tree *t, const char *path, struct archive_entry *entry, struct err *err)
{
	auto_free char *full = path_join(t->root, path);
	auto_buf text = { 0 }, locked = { 0 };
	int r = file_read(full, &text, err);

	image_private_lock(buf_str(&text), &locked);
	return r ? r : write_text(t, path, entry, &locked, err);
}

/* Nothing that changes from one build of the same tree to the next: names of owners, access times, inodes. */
static void settle(const struct tree *t, struct archive_entry *entry)
{
	int64_t time_s = archive_entry_mtime(entry);
	bool newer = t->epoch_s >= 0 && time_s > t->epoch_s;

	archive_entry_set_mtime(entry, newer ? t->epoch_s : time_s, 0);
	archive_entry_unset_atime(entry);
	archive_entry_unset_ctime(entry);
	archive_entry_unset_birthtime(entry);
	archive_entry_copy_uname(entry, NULL);
	archive_entry_copy_gname(entry, NULL);
	archive_entry_copy_fflags_text(entry, "");
	archive_entry_set_fflags(entry, 0, 0);
}

static int write_entry(struct tree *t, const char *path, struct err *err)
{
	auto_free char *full = path_join(t->root, path);
	struct archive_entry *entry = archive_entry_new(), *spare = NULL;
	int r = 0;

	archive_entry_copy_sourcepath(entry, full);
	archive_entry_copy_pathname(entry, path);
	if (archive_read_disk_entry_from_file(t->disk, entry, -1, NULL) < ARCHIVE_WARN) {
		r = err_set(err, ERR_SYS, "cannot read %s: %s", full, archive_error_string(t->disk));
		goto out;
	}
	if (archive_entry_filetype(entry) == AE_IFSOCK)
		goto out;
	archive_entry_linkify(t->links, &entry, &spare);
	settle(t, entry);
	if (str_eq(path, "etc/machine-id") && archive_entry_filetype(entry) == AE_IFREG) {
		r = write_machine_id(t, path, entry, err);
	} else if (t->used && image_private_shadow(path) && archive_entry_filetype(entry) == AE_IFREG) {
		r = write_locked(t, path, entry, err);
	} else if (archive_write_header(t->tar, entry) < ARCHIVE_WARN) {
		r = tar_failed(t, path, err);
	} else if (archive_entry_filetype(entry) == AE_IFREG && !archive_entry_hardlink(entry)) {
		r = write_content(t, path, (uint64_t)archive_entry_size(entry), err);
	}
out:
	archive_entry_free(entry);
	return r;
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int write_folder(struct tree *t, const char *path, struct err *err)
{
	auto_free char *full = path_join(t->root, path);
	struct dirent **names = NULL;
	int n = scandir(full, &names, NULL, by_bytes), r = 0;

	if (n < 0)
		return err_sys(err, "cannot read %s", full);
	for (int i = 0; i < n; i++) {
		const char *name = names[i]->d_name;
		auto_free char *below = *path ? path_join(path, name) : xstrdup(name);
		auto_free char *there = path_join(t->root, below);
		struct stat st;
		bool folder = lstat(there, &st) == 0 && S_ISDIR(st.st_mode);

		if (!r && !str_eq(name, ".") && !str_eq(name, "..") && !image_tree_skips(below) &&
		    !(t->used && image_private_skips(below, folder))) {
			r = write_entry(t, below, err);
			if (!r && folder)
				r = write_folder(t, below, err);
		}
		free(names[i]);
	}
	free(names);
	return r;
}

int image_tree_write(const char *root, int64_t epoch_s, bool used, struct frames *frames, struct err *err)
{
	struct tree t = { .root = root,
			  .epoch_s = epoch_s,
			  .used = used,
			  .frames = frames,
			  .disk = archive_read_disk_new(),
			  .tar = archive_write_new(),
			  .links = archive_entry_linkresolver_new() };
	int r = 0;

	archive_read_disk_set_symlink_physical(t.disk);
	archive_read_disk_set_behavior(t.disk, ARCHIVE_READDISK_NO_FFLAGS);
	archive_entry_linkresolver_set_strategy(t.links, ARCHIVE_FORMAT_TAR);
	archive_write_set_format_pax_restricted(t.tar);
	archive_write_set_bytes_per_block(t.tar, 0);
	if (archive_write_open(t.tar, &t, NULL, write_tar, NULL) != ARCHIVE_OK)
		r = tar_failed(&t, "", err);
	if (!r)
		r = write_folder(&t, "", err);
	if (!r && archive_write_close(t.tar) != ARCHIVE_OK)
		r = tar_failed(&t, "", err);
	archive_entry_linkresolver_free(t.links);
	archive_write_free(t.tar);
	archive_read_free(t.disk);
	return r;
}
