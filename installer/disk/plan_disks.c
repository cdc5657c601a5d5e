/* Which disks an install may use. */
#include "base/util.h"
#include "installer/disk/plan.h"

/* How many disks of the machine are the same LUN: more than one when no multipath map stands above them. */
static size_t paths_to(const struct facts *facts, const struct disk_facts *disk)
{
	size_t n = 0;

	for (size_t i = 0; i < facts->n_disks; i++) {
		const struct disk_facts *d = &facts->disks[i];

		if (d == disk || (disk->wwid ? str_eq(d->wwid, disk->wwid) : str_eq(d->wwn, disk->wwn)))
			n++;
	}
	return n;
}

/* Why a disk can't be written whatever the file says; NULL: it can. */
static const char *never(const struct facts *facts, const struct disk_facts *disk)
{
	if (disk->boot_medium)
		return "the installer came from it";
	if (disk->cdrom)
		return "it is optical";
	if (disk->read_only)
		return "it is read-only";
	if (!disk->size_bytes)
		return "it has no medium or no size";
	if (disk->multipath_wwid || paths_to(facts, disk) > 1)
		return "it is only one path to a LUN that has several";
	return NULL;
}

/* Why a disk isn't used unless it is named; NULL: it may be. */
static const char *not_unnamed(const struct facts *facts, const struct disk_facts *disk)
{
	const char *why = never(facts, disk);

	if (why)
		return why;
	if (disk->removable)
		return "removable, used only when named";
	if (str_eq(disk->transport, "fc") || str_eq(disk->transport, "iscsi"))
		return "on a SAN, used only when named";
	return NULL;
}

/* The machine's disks (with match, those with that name), one a line, for people who must name one. */
static void list(const struct facts *facts, const char *match, bool usable_only, struct buf *b)
{
	for (size_t i = 0; i < facts->n_disks; i++) {
		const struct disk_facts *d = &facts->disks[i];
		const char *why = not_unnamed(facts, d);

		if ((match && !facts_disk_matches(d, match)) || (usable_only && why))
			continue;
		buf_addf(b, "\n  %s  ", disk_id(d));
		disk_size_print(d->size_bytes, b);
		buf_addf(b, "  %s", d->model ? d->model : "(no model name)");
		if (d->serial)
			buf_addf(b, "  serial=%s", d->serial);
		if (why)
			buf_addf(b, "  (%s)", why);
	}
	if (!facts->n_disks)
		buf_adds(b, "\n  none: this machine shows no disk; is its controller's driver there?");
	if (!match && !usable_only)
		facts_diagnose(facts, MISSING_DISK, "\n  missing: ", b);
}

/* The one disk with that name. */
static int resolve(const struct planner *p, const struct ks_at *at, const char *name,
		   const struct disk_facts **ret, struct err *err)
{
	const struct disk_facts *found = NULL;
	auto_buf b = { 0 };
	const char *why;
	size_t n = 0;

	for (size_t i = 0; i < p->facts->n_disks; i++)
		if (facts_disk_matches(&p->facts->disks[i], name)) {
			found = &p->facts->disks[i];
			n++;
		}
	list(p->facts, n > 1 ? name : NULL, false, &b);
	if (!n) {
		plan_input(err, at, name, "no disk of this machine has that name; its disks are:%s",
			   buf_str(&b));
		return err_about(err, ERR_DISK_NO_SUCH, true);
	}
	if (n > 1)
		return err_set(
			err, ERR_DISK_SEVERAL,
			"%s:%u: %s: %zu disks of this machine match, and exactly one must; name one of "
			"them by its id or serial:%s",
			at->file, at->line, name, n, buf_str(&b));
	why = never(p->facts, found);
	if (why)
		return err_set(err, ERR_DISK_UNUSABLE, "%s:%u: %s: disk %s cannot be used: %s", at->file,
			       at->line, name, disk_id(found), why);
	*ret = found;
	return 0;
}

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

static bool ignored(const struct planner *p, const struct disk_facts *disk)
{
	const struct ks_list *drives = &p->ks->ignoredisk.drives;

	for (size_t i = 0; i < drives->n; i++)
		if (facts_disk_matches(disk, drives->v[i]))
			return true;
	return false;
}

/* Use the disk with that name; unless `more`, it has to be one that was allowed before. */
static int use_named(struct planner *p, const struct ks_at *at, const char *name, bool more, struct err *err)
{
	const struct disk_facts *disk = NULL;
	int r = resolve(p, at, name, &disk, err);

	if (r)
		return r;
	if (ignored(p, disk))
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

/* The map that `lun --root` named is the one that is meant. */
static const struct disk_facts *root_lun(const struct facts *facts)
{
	for (size_t i = 0; i < facts->n_disks; i++)
		if (str_eq(facts->disks[i].transport, "multipath"))
			return &facts->disks[i];
	return NULL;
}

/* Without a name there must be exactly one disk that could be meant. */
static int unnamed(struct planner *p, struct err *err)
{
	const struct disk_facts *only = NULL;
	auto_buf b = { 0 };
	size_t n = 0;

	for (size_t i = 0; i < p->facts->n_disks; i++) {
		const struct disk_facts *d = &p->facts->disks[i];

		if (not_unnamed(p->facts, d) || ignored(p, d))
			continue;
		only = d;
		n++;
	}
	if (root_lun(p->facts)) {
		use(p, root_lun(p->facts));
		return 0;
	}
	list(p->facts, NULL, n > 1, &b);
	if (!n)
		return err_set(err, ERR_DISK_NONE,
			       "no disk of this machine can be installed on; its disks are:%s", buf_str(&b));
	if (n > 1)
		return err_set(err, ERR_DISK_UNNAMED,
			       "the kickstart file names no disk, and this machine has %zu; add \"ignoredisk "
			       "--only-use=\" with one of:%s",
			       n, buf_str(&b));
	use(p, only);
	return 0;
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
