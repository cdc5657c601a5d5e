/* Which disk a name means, and which one is meant where none is named. */
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
		buf_add_bytes(b, d->size_bytes);
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

int plan_named_disk(const struct planner *p, const struct ks_at *at, const char *name,
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

bool plan_ignored(const struct ks *ks, const struct disk_facts *disk)
{
	const struct ks_list *drives = &ks->ignoredisk.drives;

	for (size_t i = 0; i < drives->n; i++)
		if (facts_disk_matches(disk, drives->v[i]))
			return true;
	return false;
}

/* The map that `lun --root` named is the one that is meant. */
static const struct disk_facts *root_lun(const struct facts *facts)
{
	for (size_t i = 0; i < facts->n_disks; i++)
		if (str_eq(facts->disks[i].transport, "multipath"))
			return &facts->disks[i];
	return NULL;
}

int plan_only_disk(const struct planner *p, const struct disk_facts **ret, struct err *err)
{
	const struct disk_facts *only = NULL;
	auto_buf b = { 0 };
	size_t n = 0;

	for (size_t i = 0; i < p->facts->n_disks; i++) {
		const struct disk_facts *d = &p->facts->disks[i];

		if (not_unnamed(p->facts, d) || plan_ignored(p->ks, d))
			continue;
		only = d;
		n++;
	}
	if (root_lun(p->facts)) {
		*ret = root_lun(p->facts);
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
	*ret = only;
	return 0;
}
