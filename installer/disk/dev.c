/* The devices of a plan: their nodes, and what stands on what. */
#include "base/util.h"
#include "installer/disk/plan.h"

char *disk_dev_path(const struct disk_plan *plan, const struct disk_dev *dev)
{
	return dev->node ? xstrdup(dev->node) : disk_part_path(plan->disks[dev->disk].disk->path, dev->part);
}

bool disk_dev_is_dm(const struct disk_dev *dev)
{
	return dev->node && str_starts(dev->node, "/dev/mapper/");
}

const struct disk_raid_plan *disk_raid_of(const struct disk_plan *plan, const struct disk_dev *dev)
{
	for (size_t i = 0; i < plan->n_raids; i++)
		if (str_eq(plan->raids[i].node, dev->node))
			return &plan->raids[i];
	return NULL;
}

const struct disk_luks_plan *disk_luks_of(const struct disk_plan *plan, const struct disk_dev *dev)
{
	for (size_t i = 0; i < plan->n_luks; i++)
		if (disk_dev_is_dm(dev) && str_eq(plan->luks[i].name, dev->node + strlen("/dev/mapper/")))
			return &plan->luks[i];
	return NULL;
}

const struct disk_vg_plan *disk_vg_of(const struct disk_plan *plan, const struct disk_dev *dev)
{
	for (size_t v = 0; disk_dev_is_dm(dev) && v < plan->n_vgs; v++)
		for (size_t l = 0; l < plan->vgs[v].n_lvs; l++) {
			auto_free char *node = disk_lv_path(plan->vgs[v].name, plan->vgs[v].lvs[l].name);

			if (str_eq(dev->node, node))
				return &plan->vgs[v];
		}
	return NULL;
}

const struct disk_btrfs_plan *disk_btrfs_of(const struct disk_plan *plan, const struct disk_dev *dev)
{
	for (size_t i = 0; i < plan->n_btrfs; i++) {
		const struct disk_dev *first = &plan->btrfs[i].devs[0];

		if (dev->node ? str_eq(first->node, dev->node)
			      : !first->node && first->disk == dev->disk && first->part == dev->part)
			return &plan->btrfs[i];
	}
	return NULL;
}

void disk_dev_walk(const struct disk_plan *plan, const struct disk_dev *dev, disk_dev_fn fn, void *arg)
{
	const struct disk_raid_plan *raid = disk_raid_of(plan, dev);
	const struct disk_luks_plan *luks = disk_luks_of(plan, dev);
	const struct disk_vg_plan *vg = disk_vg_of(plan, dev);
	const struct disk_btrfs_plan *btrfs = disk_btrfs_of(plan, dev);

	fn(arg, dev);
	for (size_t i = 0; raid && i < raid->n_devs; i++)
		disk_dev_walk(plan, &raid->devs[i], fn, arg);
	if (luks)
		disk_dev_walk(plan, &luks->on, fn, arg);
	for (size_t i = 0; vg && i < vg->n_devs; i++)
		disk_dev_walk(plan, &vg->devs[i], fn, arg);
	for (size_t i = 1; btrfs && i < btrfs->n_devs; i++)
		disk_dev_walk(plan, &btrfs->devs[i], fn, arg);
}
