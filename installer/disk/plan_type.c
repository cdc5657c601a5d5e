/* What a `part` or `logvol` line wants to hold. */
#include "base/util.h"
#include "installer/disk/plan.h"

int plan_type(const struct ks_at *at, const char *mntpoint, const char *fstype, const char *label,
	      const struct disk_type **ret, struct err *err)
{
	const char *name = fstype ? fstype : "ext4";
	const struct disk_type *type;

	if (str_eq(mntpoint, "swap"))
		name = "swap";
	else if (str_eq(mntpoint, "/boot/efi") && (!fstype || str_eq(fstype, "vfat")))
		name = "efi";
	type = disk_type_find(name);
	if (!type) {
		const char *near = disk_type_nearest(name);

		return plan_input(err, at, name, "no such file system type here%s%s%s",
				  near ? " (did you mean "
				       : "; there are ext4, ext3, ext2, xfs, btrfs, swap, vfat and efi",
				  near ? near : "", near ? "?)" : "");
	}
	if (label && strlen(label) > type->label_max)
		return plan_input(err, at, label, "a label on %s has at most %zu bytes, this has %zu", name,
				  type->label_max, strlen(label));
	if ((str_eq(mntpoint, "/") || str_eq(mntpoint, "/boot")) && !type->root_ok)
		return plan_input(err, at, name, "%s cannot be on this type; use ext4, xfs or btrfs",
				  mntpoint);
	*ret = type;
	return 0;
}

/* Anaconda's rule: twice a small memory, half of a large one, never over 128 GiB. */
uint64_t plan_swap_mib(const struct facts *facts, bool hibernation)
{
	uint64_t mem = MAX(facts->mem_mib, (uint64_t)256);
	uint64_t swap;

	if (mem < 2048)
		swap = 2 * mem;
	else if (mem < 8192)
		swap = mem;
	else
		swap = MIN(MAX(mem / 2, (uint64_t)4096), (uint64_t)131072);
	if (mem >= 65536 && !hibernation)
		swap = 4096;
	return hibernation ? swap + mem : swap;
}
