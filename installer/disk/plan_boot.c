/*
 * Which disks must be able to start the host, and the partitions that they need for that.
 *
 * With /boot (or "/", or the volume group of "/") on an array that survives the loss of a disk, every disk of
 * that array is one: the host starts from any of them alone.
 */
#include "base/util.h"
#include "installer/disk/plan.h"

static bool has_kind(const struct planner *p, size_t disk, const char *kind)
{
	for (size_t i = 0; i < p->n_wants; i++)
		if (p->wants[i].disk == disk && str_eq(p->wants[i].kind, kind))
			return true;
	for (size_t i = 0; str_eq(kind, "esp") && i < p->n_reuses; i++)
		if (!p->reuses[i].dev.node && p->reuses[i].dev.disk == disk &&
		    str_eq(p->reuses[i].hold.holds.mntpoint, "/boot/efi"))
			return true;
	return str_eq(kind, "biosboot") && p->plan->disks[disk].biosboot;
}

static bool has_kind_anywhere(const struct planner *p, const char *kind)
{
	for (size_t d = 0; d < p->plan->n_disks; d++)
		if (has_kind(p, d, kind))
			return true;
	return false;
}

static bool has_mount(const struct planner *p, const char *mntpoint)
{
	for (size_t i = 0; i < p->n_wants; i++)
		if (str_eq(p->wants[i].hold.holds.mntpoint, mntpoint))
			return true;
	for (size_t i = 0; i < p->n_raids; i++)
		if (str_eq(p->raids[i].hold.holds.mntpoint, mntpoint))
			return true;
	for (size_t i = 0; i < p->n_reuses; i++)
		if (str_eq(p->reuses[i].hold.holds.mntpoint, mntpoint))
			return true;
	return false;
}

static void add_boot_disk(struct planner *p, size_t disk)
{
	for (size_t i = 0; i < p->n_boots; i++)
		if (p->boots[i] == disk)
			return;
	*(size_t *)arena_push(&p->plan->arena, &p->boots, &p->n_boots, sizeof(*p->boots)) = disk;
}

static void find_boot_disks(struct planner *p)
{
	const struct raid_want *raid = plan_boot_raid(p);

	add_boot_disk(p, p->boot);
	for (size_t i = 0; raid && i < p->n_wants; i++)
		for (const char **m = raid->members; *m; m++)
			if (str_eq(p->wants[i].hold.holds.member, *m)) {
				if (p->n_boots == 1 && !p->ks->bootloader.boot_drive && m == raid->members &&
				    !p->ks->bootloader.driveorder.n)
					p->boots[0] = p->boot = p->wants[i].disk;
				add_boot_disk(p, p->wants[i].disk);
			}
}

static struct part_want *imply(struct planner *p, size_t disk, const char *kind, uint64_t mib)
{
	struct part_want *w = arena_push(&p->plan->arena, &p->wants, &p->n_wants, sizeof(*w));

	w->at = w->hold.at = &p->ks->reqpart.at;
	w->kind = kind;
	w->size_mib = mib;
	w->disk = disk;
	w->bound = true;
	return w;
}

static struct plan_hold fs(const struct planner *p, const char *mntpoint, const char *type, const char *label)
{
	return (struct plan_hold){ .at = &p->ks->reqpart.at,
				   .type = disk_type_find(type),
				   .holds = { .fstype = type, .label = label, .mntpoint = mntpoint } };
}

/* A file system that the firmware or GRUB reads: on the boot disk, or mirrored on all of them. */
static void imply_fs(struct planner *p, const char *name, const char *kind, struct plan_hold hold,
		     uint64_t mib)
{
	struct arena *a = &p->plan->arena;
	struct raid_want *raid;
	const char **members;

	if (p->n_boots == 1) {
		imply(p, p->boots[0], kind, mib)->hold = hold;
		return;
	}
	members = arena_alloc(a, (p->n_boots + 1) * sizeof(*members));
	for (size_t i = 0; i < p->n_boots; i++) {
		members[i] = arena_printf(a, "raid.%s%zu", name, i + 1);
		imply(p, p->boots[i], str_eq(kind, "esp") ? kind : "raid", mib)->hold.holds.member =
			members[i];
	}
	raid = arena_push(a, &p->raids, &p->n_raids, sizeof(*raid));
	*raid = (struct raid_want){
		.at = hold.at, .device = name, .level = "RAID1", .members = members, .hold = hold
	};
}

static void imply_all(struct planner *p)
{
	bool gpt = !str_eq(p->plan->disks[p->boot].table, "msdos");

	for (size_t i = 0; gpt && i < p->n_boots; i++)
		if (!has_kind(p, p->boots[i], "biosboot"))
			imply(p, p->boots[i], "biosboot", BIOS_MIB);
	if (gpt && !has_kind_anywhere(p, "esp"))
		imply_fs(p, "esp", "esp", fs(p, "/boot/efi", "efi", ESP_LABEL), ESP_MIB);
	if (p->ks->reqpart.add_boot && !has_mount(p, "/boot"))
		imply_fs(p, "boot", "boot", fs(p, "/boot", "ext4", NULL), BOOT_MIB);
}

/* Each of several boot disks can start without the others. */
static int check_alone(const struct planner *p, struct err *err)
{
	const char *kind = p->facts->uefi ? "esp" : "biosboot";

	for (size_t i = 0; p->n_boots > 1 && i < p->n_boots; i++) {
		const struct disk_target *t = &p->plan->disks[p->boots[i]];

		if (!has_kind(p, p->boots[i], kind) && (p->facts->uefi || str_eq(t->table, "gpt")))
			return err_set(
				err, ERR_DISK_NO_BOOT,
				"disk %s holds a part of the array that the host starts from, and has no "
				"%s, so it could not start alone; add \"reqpart --add-boot\"",
				t->id,
				p->facts->uefi ? "member of an array for /boot/efi" : "biosboot partition");
	}
	return 0;
}

int plan_boot(struct planner *p, struct err *err)
{
	const struct ks_bootloader *bl = &p->ks->bootloader;
	bool none = bl->disabled || str_eq(bl->location, "none");
	bool gap;

	find_boot_disks(p);
	if (KS_SAID(p->ks->reqpart))
		imply_all(p);
	gap = str_eq(p->plan->disks[p->boot].table, "msdos");
	p->plan->bios = !none && (gap || has_kind(p, p->boot, "biosboot"));
	p->plan->uefi = !none && has_kind_anywhere(p, "esp");
	if (none || (p->facts->uefi ? p->plan->uefi : p->plan->bios))
		return none ? 0 : check_alone(p, err);
	if (p->facts->uefi && gap)
		return plan_input(err, &p->ks->clearpart.at, "--disklabel",
				  "this machine starts by UEFI, which needs a gpt table");
	return err_set(err, ERR_DISK_NO_BOOT,
		       "this machine starts by %s and the kickstart file has no %s partition for its boot "
		       "loader; add \"reqpart --add-boot\"",
		       p->facts->uefi ? "UEFI" : "BIOS", p->facts->uefi ? "/boot/efi" : "biosboot");
}
