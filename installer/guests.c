/* The guests' configurations of the host that is installed over, carried across. */
#include "installer/guests.h"

#include <archive.h>
#include <archive_entry.h>
#include <blkid.h>
#include <errno.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/util.h"

#define BLOCK 65536

/* Folders with what administrators write for their guests; of the first, what Xen's packages bring is left
 * out. */
static const char *const folders[] = { "etc/xen", "etc/libvirt/libxl" };
static const char *const not_theirs[] = { "etc/xen/xl.conf",
					  "etc/xen/scripts",
					  "etc/xen/cpupool",
					  "etc/xen/README",
					  "etc/xen/README.incompatibilities",
					  "etc/xen/xlexample.hvm",
					  "etc/xen/xlexample.pvhlinux",
					  "etc/xen/xlexample.pvlinux",
					  "etc/xen/oxenstored.conf",
					  "etc/xen/xend-config.sxp" };

struct job {
	const struct disk_plan *plan;
	const char *root, *tar;
	struct door *door;
};

static bool theirs(const char *path)
{
	for (size_t i = 0; i < ARRAY_SIZE(not_theirs); i++)
		if (str_eq(path, not_theirs[i]) ||
		    (str_starts(path, not_theirs[i]) && path[strlen(not_theirs[i])] == '/'))
			return false;
	return true;
}

static int failed(struct archive *a, const char *what, struct err *err)
{
	const char *why = archive_error_string(a);

	return err_set(err, ERR_SYS, "cannot %s the guests' configurations: %s", what,
		       why ? why : "no reason given");
}

static int copy_data(struct archive *in, struct archive *out, struct err *err)
{
	char block[BLOCK];
	la_ssize_t n;

	while ((n = archive_read_data(in, block, sizeof(block))) > 0)
		if (archive_write_data(out, block, (size_t)n) != n)
			return failed(out, "write", err);
	return n < 0 ? failed(in, "read", err) : 0;
}

static int save_entry(struct archive *disk, struct archive *out, struct archive_entry *entry, size_t prefix,
		      struct err *err)
{
	auto_free char *name = xstrdup(archive_entry_pathname(entry) + prefix);
	int r = 0;

	if (!theirs(name))
		return 0;
	archive_read_disk_descend(disk);
	archive_entry_set_pathname(entry, name);
	if (archive_write_header(out, entry) != ARCHIVE_OK)
		return failed(out, "write", err);
	if (archive_entry_size(entry) > 0 && archive_entry_filetype(entry) == AE_IFREG)
		r = copy_data(disk, out, err);
	return r;
}

static int save_folder(const char *root, const char *folder, struct archive *out, struct err *err)
{
	auto_free char *path = path_join(root, folder);
	struct archive *disk;
	struct archive_entry *entry;
	int r = 0, s;

	if (!file_exists(path))
		return 0;
	disk = archive_read_disk_new();
	archive_read_disk_set_symlink_physical(disk);
	archive_read_disk_set_behavior(disk, ARCHIVE_READDISK_NO_TRAVERSE_MOUNTS);
	if (archive_read_disk_open(disk, path) != ARCHIVE_OK)
		r = failed(disk, "read", err);
	while (!r) {
		entry = archive_entry_new();
		s = archive_read_next_header2(disk, entry);
		if (s == ARCHIVE_OK)
			r = save_entry(disk, out, entry, strlen(root) + 1, err);
		else if (s != ARCHIVE_EOF)
			r = failed(disk, "read", err);
		archive_entry_free(entry);
		if (s == ARCHIVE_EOF)
			break;
	}
	archive_read_free(disk);
	return r;
}

/* Under another name until it is whole: a save that was cut short is made again. */
int guests_save_tree(const char *root, const char *tar, struct err *err)
{
	auto_free char *part = xasprintf("%s.part", tar);
	struct archive *out = archive_write_new();
	int r = 0;

	archive_write_set_format_pax_restricted(out);
	if (archive_write_open_filename(out, part) != ARCHIVE_OK)
		r = failed(out, "write", err);
	for (size_t i = 0; !r && i < ARRAY_SIZE(folders); i++)
		r = save_folder(root, folders[i], out, err);
	if (!r && archive_write_close(out) != ARCHIVE_OK)
		r = failed(out, "write", err);
	archive_write_free(out);
	if (!r && (chmod(part, 0600) || rename(part, tar)))
		r = err_sys(err, "cannot write %s", tar);
	return r;
}

int guests_restore_tree(const char *tar, const char *root, struct err *err)
{
	struct archive *in = archive_read_new(), *disk = archive_write_disk_new();
	struct archive_entry *entry;
	int r = 0, s = ARCHIVE_OK;

	archive_read_support_format_tar(in);
	archive_write_disk_set_options(disk, ARCHIVE_EXTRACT_OWNER | ARCHIVE_EXTRACT_PERM |
						     ARCHIVE_EXTRACT_TIME | ARCHIVE_EXTRACT_SECURE_NODOTDOT);
	if (archive_read_open_filename(in, tar, BLOCK) != ARCHIVE_OK)
		r = failed(in, "read", err);
	while (!r && (s = archive_read_next_header(in, &entry)) == ARCHIVE_OK) {
		auto_free char *path = path_join(root, archive_entry_pathname(entry));

		archive_entry_set_pathname(entry, path);
		if (archive_write_header(disk, entry) != ARCHIVE_OK)
			r = failed(disk, "write", err);
		if (!r && archive_entry_size(entry) > 0)
			r = copy_data(in, disk, err);
		if (!r && archive_write_finish_entry(disk) != ARCHIVE_OK)
			r = failed(disk, "write", err);
	}
	if (!r && s != ARCHIVE_EOF)
		r = failed(in, "read", err);
	archive_write_free(disk);
	archive_read_free(in);
	return r;
}

/* Where the old root is; NULL: the plan makes a new one, or keeps no group. */
static const struct disk_dev *old_root(const struct disk_plan *plan)
{
	bool exists = false;

	for (size_t i = 0; i < plan->n_vgs; i++)
		exists = exists || plan->vgs[i].exists;
	for (size_t i = 0; exists && i < plan->n_uses; i++)
		if (str_eq(plan->uses[i].holds.mntpoint, "/") && !plan->uses[i].noformat)
			return &plan->uses[i].dev;
	return NULL;
}

/* A mount that replays no journal: nothing of the old root is written. */
static int mount_old(const char *device, const char *dir, struct door *door, struct err *err)
{
	blkid_probe pr = blkid_new_probe_from_filename(device);
	const char *type = NULL;
	auto_free char *fstype = NULL;
	const char *data;

	if (pr && blkid_do_probe(pr) == 0 && !blkid_probe_lookup_value(pr, "TYPE", &type, NULL))
		fstype = xstrdup(type);
	blkid_free_probe(pr);
	if (!fstype)
		return err_set(err, ERR_DISK_KEEP_VG, "%s holds no file system", device);
	data = str_starts(fstype, "ext") ? "noload" : str_eq(fstype, "xfs") ? "norecovery" : NULL;
	return door_mount(door, device, dir, fstype, MS_RDONLY, data, err);
}

static int save_fn(void *arg, struct err *err)
{
	const struct job *job = arg;

	return guests_save_tree(job->root, job->tar, err);
}

int guests_save(const struct disk_plan *plan, const char *dir, const char *tar, struct door *door,
		struct err *err)
{
	const struct disk_dev *dev = old_root(plan);
	auto_free char *device = NULL;
	struct job job = { .root = dir, .tar = tar };
	int r;

	if (!dev || file_exists(tar))
		return 0;
	device = disk_dev_path(plan, dev);
	r = disk_lvm_activate(plan, door, err);
	if (!r)
		r = mount_old(device, dir, door, err);
	if (!r) {
		r = door_call(door, "save the guests' configurations", save_fn, &job, err);
		door_umount(door, dir, 0, NULL);
	}
	if (r)
		return err_wrap(err,
				"the host to be installed over cannot be read, so its guests' configurations "
				"would be lost (without them: volgroup --useexisting instead of --keep-vg)");
	return 0;
}

static int restore_fn(void *arg, struct err *err)
{
	const struct job *job = arg;

	return guests_restore_tree(job->tar, job->root, err);
}

int guests_restore(const char *tar, const char *root, struct door *door, struct err *err)
{
	struct job job = { .root = root, .tar = tar };

	return file_exists(tar)
		       ? door_call(door, "put the guests' configurations back", restore_fn, &job, err)
		       : 0;
}
