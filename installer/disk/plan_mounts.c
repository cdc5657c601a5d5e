/* The target's fstab and root=. */
#include "base/util.h"
#include "installer/disk/plan.h"

/* "/" first, each folder before what is mounted in it, swap last. */
static int order(const void *va, const void *vb)
{
	const struct disk_mount *a = va, *b = vb;
	bool a_swap = str_eq(a->mntpoint, "none"), b_swap = str_eq(b->mntpoint, "none");

	if (a_swap != b_swap)
		return a_swap ? 1 : -1;
	if (!a_swap)
		return strcmp(a->mntpoint, b->mntpoint);
	if (!a->dev.node != !b->dev.node)
		return a->dev.node ? 1 : -1;
	if (a->dev.node)
		return strcmp(a->dev.node, b->dev.node);
	return a->dev.disk != b->dev.disk ? (a->dev.disk < b->dev.disk ? -1 : 1)
					  : (int)a->dev.part - (int)b->dev.part;
}

/* A path without "..", doubled or final slashes. */
static bool path_ok(const char *path)
{
	size_t n = strlen(path);

	return path[0] == '/' && (n == 1 || path[n - 1] != '/') && !strstr(path, "//") &&
	       !strstr(path, "/..") && !strpbrk(path, " \t\n\\");
}

int plan_mount(struct planner *p, const struct ks_at *at, const char *mntpoint, const struct disk_type *type,
	       const char *options, struct disk_dev dev, const char *subvol, struct err *err)
{
	bool swap = str_eq(type->name, "swap");
	struct disk_plan *plan = p->plan;

	if (!swap && !path_ok(mntpoint))
		return plan_input(err, at, mntpoint, "is no plain absolute path");
	for (size_t i = 0; !swap && i < plan->n_mounts; i++)
		if (str_eq(plan->mounts[i].mntpoint, mntpoint))
			return plan_input(err, at, mntpoint, "this mount point is used twice");
	*(struct disk_mount *)arena_push(&plan->arena, &plan->mounts, &plan->n_mounts,
					 sizeof(*plan->mounts)) =
		(struct disk_mount){ .mntpoint = swap ? "none" : mntpoint,
				     .fstype = type->fs,
				     .options = options ? options : type->options,
				     .subvol = subvol,
				     .dev = dev };
	return 0;
}

/* The LUKS devices below root: the initramfs opens them. */
static void mark_early(void *arg, const struct disk_dev *dev)
{
	struct disk_plan *plan = arg;
	const struct disk_luks_plan *luks = disk_luks_of(plan, dev);

	if (luks)
		plan->luks[luks - plan->luks].early = true;
}

/* GRUB reads /boot before anything is unlocked. */
static int check_boot_open(const struct planner *p, struct err *err)
{
	const struct disk_plan *plan = p->plan;
	bool apart = false, early = false;

	for (size_t i = 0; i < plan->n_mounts; i++)
		apart = apart || str_eq(plan->mounts[i].mntpoint, "/boot");
	for (size_t i = 0; i < plan->n_luks; i++)
		early = early || plan->luks[i].early;
	if (apart || !early || !(plan->bios || plan->uefi))
		return 0;
	return err_set(
		err, ERR_DISK_NO_BOOT,
		"/ is encrypted and the boot loader must read /boot before it is unlocked; add \"reqpart "
		"--add-boot\"");
}

int plan_mounts(struct planner *p, struct err *err)
{
	struct disk_plan *plan = p->plan;

	if (plan->n_mounts)
		qsort(plan->mounts, plan->n_mounts, sizeof(*plan->mounts), order);
	if (!plan->n_mounts || !str_eq(plan->mounts[0].mntpoint, "/"))
		return err_set(err, ERR_DISK_NO_ROOT, "the kickstart file has no part or logvol for /");
	if (disk_dev_is_dm(&plan->mounts[0].dev))
		plan->root_device = plan->mounts[0].dev.node;
	disk_dev_walk(plan, &plan->mounts[0].dev, mark_early, plan);
	return check_boot_open(p, err);
}
