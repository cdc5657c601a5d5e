#include "guest/root.h"

#include <limits.h>

#include "base/file.h"
#include "base/util.h"
#include "base/within.h"
#include "installer/image_source.h"
#include "installer/package_source.h"
#include "installer/target/target.h"
#include "packages/chroot.h"

#define MOUNT_DIR "/run/xenith/guest-"
#define MKFS_S    1800

/* The kernel for clouds lacks what only machines of metal have: half the files, half the initramfs. */
static void prefer_cloud_kernel(struct argv *want, bool hvm)
{
	bool other = hvm;

	for (size_t i = 0; i < want->n; i++)
		other = other ||
			(str_starts(want->v[i], "linux-image-") && !str_eq(want->v[i], "linux-image-amd64"));
	for (size_t i = 0; !other && i < want->n; i++)
		if (str_eq(want->v[i], "linux-image-amd64")) {
			free(want->v[i]);
			want->v[i] = xstrdup("linux-image-cloud-amd64");
		}
}

static const char *root_fstype(const struct ks *ks)
{
	for (size_t i = 0; i < ks->n_parts; i++)
		if (str_eq(ks->parts[i].mntpoint, "/") && ks->parts[i].fstype)
			return ks->parts[i].fstype;
	return "ext4";
}

static int make_fs(const struct guest_disk *d, const char *fstype, struct door *door, struct err *err)
{
	auto_run run = { .timeout_s = MKFS_S };
	auto_free char *mkfs = xasprintf("mkfs.%s", fstype);

	if (!str_eq(fstype, "ext4") && !str_eq(fstype, "ext3") && !str_eq(fstype, "xfs"))
		return err_set(err, ERR_INPUT,
			       "part /: --fstype=%s: a root that is written directly is ext4, ext3 or xfs",
			       fstype);
	argv_add(&run.argv, mkfs);
	if (str_eq(fstype, "xfs"))
		argv_addl(&run.argv, "-q", "-f", NULL);
	else
		argv_addl(&run.argv, "-q", "-F", "-E", "lazy_itable_init=1,lazy_journal_init=1", NULL);
	argv_addl(&run.argv, "-L", "root", d->path, NULL);
	return door_run(door, &run, err);
}

static int mount_fs(const struct guest_disk *d, const char *fstype, const char *dir, struct guest_journal *j,
		    struct door *door, struct err *err)
{
	int r = guest_journal_add(j, "mount", dir, err);

	if (!r)
		r = door_mkdirs(door, dir, 0700, err);
	return r ? r
		 : door_runl(door, err, "mount", "-t", fstype, "-o",
			     str_starts(d->path, "/dev/") ? "noatime" : "noatime,loop", d->path, dir, NULL);
}

static int from_packages(const struct guest_plan *plan, const struct ks *ks, const char *dir,
			 struct pkg_progress *progress, struct door *door, struct err *err)
{
	struct pkg_configure_opts opts = { 0 };
	struct pkg_request req = { 0 };
	struct pkg_set set = { 0 };
	struct arena arena = { 0 };
	auto_buf debconf = { 0 };
	int r = install_packages_request(ks, &arena, &req, err);

	if (!r) {
		prefer_cloud_kernel(&req.want, plan->type == GUEST_HVM);
		target_packages(ks, &req.want);
		guest_settings_packages(ks, &req.want);
		argv_sort_unique(&req.want);
		r = pkg_solve(&req, door->log, progress, &set, err);
	}
	if (!r)
		r = pkg_unpack(&req, &set, dir, door, progress, err);
	if (!r)
		r = guest_initramfs_conf(dir, door, err);
	target_debconf(ks, &debconf);
	opts.debconf = buf_str(&debconf);
	if (!r)
		r = pkg_configure(dir, &opts, door, progress, err);
	if (!r)
		r = pkg_write_sources(&req, dir, door, err);
	pkg_set_clear(&set);
	install_packages_request_clear(&req);
	arena_clear(&arena);
	return r;
}

static int open_image(const struct ks *ks, struct log *log, struct image **ret, struct err *err)
{
	auto_argv want = { 0 };
	int r = install_image_check(ks, err);

	for (size_t i = 0; i < ks->packages.packages.n; i++)
		argv_add(&want, ks->packages.packages.v[i]);
	target_packages(ks, &want);
	guest_settings_packages(ks, &want);
	return r ? r : install_image_open(ks, &want, log, ret, err);
}

static int from_image(const struct ks *ks, const char *dir, struct pkg_progress *progress, struct door *door,
		      struct err *err)
{
	struct image *image = NULL;
	int r = open_image(ks, door->log, &image, err);

	if (!r)
		r = image_unpack(image, dir, door, progress, err);
	image_free(image);
	return r;
}

int guest_root_check(const struct guest_plan *plan, const struct guest_answers *answers, struct door *door,
		     struct err *err)
{
	struct image *image = NULL;
	int r;

	if (plan->spec->route != GUEST_IMAGE || door->record)
		return 0;
	r = open_image(&answers->ks, door->log, &image, err);
	image_free(image);
	return r;
}

static const char *const kernel_names[][2] = { { "vmlinuz", "vmlinuz" }, { "initrd.img", "initrd" } };

int guest_kernel_copy(const char *root, const char *state_dir, struct door *door, struct err *err)
{
	int r = 0;

	for (size_t i = 0; !r && i < ARRAY_SIZE(kernel_names); i++) {
		auto_free char *to = path_join(state_dir, kernel_names[i][1]);

		if (!within_exists(root, kernel_names[i][0]))
			return err_set(err, ERR_SYS, "the guest's root has no /%s", kernel_names[i][0]);
		r = door_copy_within(door, root, kernel_names[i][0], to, 0600, err);
	}
	return r;
}

/* The kernel of a guest without PVH lies on the host (config.c says why). */
static int copy_kernel(const char *dir, struct guest_journal *j, struct door *door, struct err *err)
{
	int r = 0;

	for (size_t i = 0; !r && i < ARRAY_SIZE(kernel_names); i++) {
		auto_free char *to = path_join(j->dir, kernel_names[i][1]);

		r = guest_journal_add(j, "state", to, err);
	}
	return r ? r : guest_kernel_copy(dir, j->dir, door, err);
}

/* Programs of the guest run for this: no service of it starts. */
static int make_own(const struct guest_plan *plan, const struct ks *ks, const char *dir, struct door *door,
		    struct err *err)
{
	struct facts nothing = { 0 };
	struct chroot root = { 0 };
	int r = chroot_open(&root, dir, door, err);

	if (!r)
		r = target_apply(&nothing, ks, dir, door, err);
	if (!r)
		r = guest_settings_apply(plan, ks, dir, door, err);
	if (!r)
		r = target_scripts(ks, KS_POST, dir, door, err);
	return chroot_close(&root, r, err);
}

static int fill(const struct guest_plan *plan, const struct guest_answers *answers, const char *dir,
		struct guest_journal *j, struct pkg_progress *progress, struct door *door, struct err *err)
{
	const struct ks *ks = &answers->ks;
	int r = plan->spec->route == GUEST_IMAGE ? from_image(ks, dir, progress, door, err)
						 : from_packages(plan, ks, dir, progress, door, err);

	if (!r)
		r = make_own(plan, ks, dir, door, err);
	if (!r && plan->type != GUEST_PVH)
		r = copy_kernel(dir, j, door, err);
	return r;
}

int guest_root_make(const struct guest_plan *plan, const struct guest_answers *answers,
		    struct guest_journal *j, struct pkg_progress *progress, struct door *door,
		    struct err *err)
{
	const struct guest_disk *d = &plan->disks[0];
	const char *fstype = root_fstype(&answers->ks);
	auto_free char *dir = xasprintf(MOUNT_DIR "%s", plan->name);
	struct err umount = { 0 };
	int r = target_check(&answers->ks, err), u;

	if (!r)
		r = make_fs(d, fstype, door, err);
	if (r)
		return r;
	r = mount_fs(d, fstype, dir, j, door, err);
	if (!r)
		r = fill(plan, answers, dir, j, progress, door, err);
	u = door_umount(door, dir, 0, &umount);
	if (!door->record)
		rmdir(dir);
	return r || !u ? r : err_copy(err, &umount);
}
