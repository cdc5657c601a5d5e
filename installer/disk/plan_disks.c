/* Which disks an install uses. */
#include "base/util.h"
#include "installer/disk/plan.h"

static void use(struct planner *p, const struct disk_facts *disk)
{
	struct disk_plan *plan = p->plan;
	struct disk_target *t;

	for (size_t i = 0; i < plan->n_disks; i++)
		if (plan->disks[i].disk == disk)
			return;
	t = arena_push(&plan->arena, &plan->disks, &plan->n_disks, sizeof(*t));
	t->disk = disk;
	t->id = disk_id(disk);
}

/* Use the disk with that name; unless `more`, it has to be one that was allowed before. */
static int use_named(struct planner *p, const struct ks_at *at, const char *name, bool more, struct err *err)
{
	const struct disk_facts *disk = NULL;
	int r = plan_named_disk(p, at, name, &disk, err);

	if (r)
		return r;
	if (plan_ignored(p->ks, disk))
		return plan_input(err, at, name, "ignoredisk --drives excludes this disk (line %u)",
				  p->ks->ignoredisk.at.line);
	for (size_t i = 0; !more && i < p->plan->n_disks; i++)
		if (p->plan->disks[i].disk == disk)
			return 0;
	if (!more)
		return plan_input(err, at, name, "ignoredisk --only-use does not list this disk (line %u)",
				  p->ks->ignoredisk.at.line);
	use(p, disk);
	return 0;
}

int plan_use_disk(struct planner *p, const struct ks_at *at, const struct disk_facts *disk, size_t *ret,
		  struct err *err)
{
	int r = use_named(p, at, disk->name, p->ks->ignoredisk.only_use.n == 0, err);

	for (size_t i = 0; !r && i < p->plan->n_disks; i++)
		if (p->plan->disks[i].disk == disk)
			*ret = i;
	return r;
}

/* Every disk that the file names, in the order of the file's say about them. */
static int named(struct planner *p, struct err *err)
{
	const struct ks *ks = p->ks;
	const struct ks_list *only = &ks->ignoredisk.only_use, *drives = &ks->clearpart.drives;
	bool more = only->n == 0;

	for (size_t i = 0; i < only->n; i++)
		if (use_named(p, &ks->ignoredisk.at, only->v[i], true, err))
			plan_wrong(p, err);
	if (p->wrong.code && only->n)
		return 0; /* else each line that names such a disk would be told as well */
	for (size_t i = 0; i < drives->n; i++)
		if (use_named(p, &ks->clearpart.at, drives->v[i], more, err))
			plan_wrong(p, err);
	for (size_t i = 0; i < ks->n_parts; i++)
		if (ks->parts[i].ondisk && use_named(p, &ks->parts[i].at, ks->parts[i].ondisk, more, err))
			plan_wrong(p, err);
	if (ks->bootloader.boot_drive &&
	    use_named(p, &ks->bootloader.at, ks->bootloader.boot_drive, more, err))
		plan_wrong(p, err);
	return 0;
}

/* Without a name there must be exactly one disk that could be meant. */
static int unnamed(struct planner *p, struct err *err)
{
	const struct disk_facts *disk = NULL;
	int r = plan_only_disk(p, &disk, err);

	if (!r)
		use(p, disk);
	return r;
}

/* zerombr speaks of disks without a readable table only. */
static bool has_table(const struct disk_facts *disk)
{
	for (size_t i = 0; i < disk->n_contents; i++) {
		const struct disk_content *c = &disk->contents[i];

		if (!str_eq(c->node, disk->name) || str_eq(c->type, "gpt") || str_eq(c->type, "dos") ||
		    str_eq(c->type, "PMBR"))
			return true;
	}
	return false;
}

static int may_wipe(struct planner *p, struct disk_target *t, struct err *err)
{
	const struct ks *ks = p->ks;
	auto_buf b = { 0 };
	int r;

	if (t->keep)
		return 0;
	r = plan_clear(p, t, err);
	if (r || t->wipe || t->partial || !t->disk->n_contents ||
	    (KS_SAID(ks->zerombr) && !has_table(t->disk)))
		return r;
	disk_contents_print(t->disk, &b);
	return err_set(
		err, ERR_DISK_NOT_EMPTY,
		"disk %s is not empty and the kickstart file does not allow to clear it: it has %s; add "
		"\"clearpart --all\" if that may be destroyed",
		t->id, buf_str(&b));
}

size_t plan_disk_index(const struct planner *p, const char *name)
{
	for (size_t i = 0; i < p->plan->n_disks; i++)
		if (facts_disk_matches(p->plan->disks[i].disk, name))
			return i;
	return 0;
}

/* The disk that gets the boot loader: as said, else where the file puts what is needed at boot. */
static size_t boot_disk(const struct planner *p)
{
	static const char *const order[] = { "biosboot", "/boot/efi", "/boot", "/" };
	const struct ks *ks = p->ks;

	if (ks->bootloader.boot_drive)
		return plan_disk_index(p, ks->bootloader.boot_drive);
	if (ks->bootloader.driveorder.n)
		return plan_disk_index(p, ks->bootloader.driveorder.v[0]);
	for (size_t o = 0; o < ARRAY_SIZE(order); o++)
		for (size_t i = 0; i < ks->n_parts; i++)
			if (ks->parts[i].ondisk && str_eq(ks->parts[i].mntpoint, order[o]))
				return plan_disk_index(p, ks->parts[i].ondisk);
	return 0;
}

int plan_disks(struct planner *p, struct err *err)
{
	const struct ks_clearpart *c = &p->ks->clearpart;
	bool mbr = str_eq(c->disklabel, "msdos") || str_eq(c->disklabel, "mbr");
	int r = named(p, err);

	if ((c->cdl || str_eq(c->disklabel, "dasd")) &&
	    plan_input(err, &c->at, c->cdl ? "--cdl" : "--disklabel=dasd",
		       "is for the DASDs of IBM Z, where Xen does not run"))
		plan_wrong(p, err);
	if (!r)
		r = plan_clear_names(p, err);
	if (!r)
		r = plan_exist(p, err);
	if (!r && !p->plan->n_disks && !p->wrong.code)
		r = unnamed(p, err);
	for (size_t i = 0; !r && i < p->plan->n_disks; i++) {
		if (!p->plan->disks[i].keep)
			p->plan->disks[i].table = mbr ? "msdos" : "gpt";
		if (may_wipe(p, &p->plan->disks[i], err))
			plan_wrong(p, err);
	}
	if (!r)
		p->boot = boot_disk(p);
	return r;
}
