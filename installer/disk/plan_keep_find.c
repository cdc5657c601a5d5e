/* guard --keep-vg: the group on this machine, and the partitions that the first install made beside it. */
#include <strings.h>

#include "base/util.h"
#include "installer/disk/plan_keep.h"

#define GUID_BIOSBOOT "21686148-6449-6e6f-744e-656564454649"
#define GUID_ESP      "c12a7328-f81f-11d2-ba4b-00a0c93ec93b"

bool keep_has_disk(const struct keep *k, const struct disk_facts *d)
{
	for (size_t i = 0; i < k->vg->n_pvs; i++)
		if (str_eq(k->vg->pvs[i].disk, d->name))
			return true;
	return false;
}

int keep_find_group(struct keep *k, struct err *err)
{
	const struct facts *f = k->p->facts;
	const struct ks_guard *guard = &k->p->ks->guard;
	auto_buf names = { 0 };

	for (size_t i = 0; i < f->n_vgs; i++) {
		buf_addf(&names, "%s%s", i ? ", " : "", f->vgs[i].name);
		if (!str_eq(f->vgs[i].name, guard->keep_vg))
			continue;
		if (k->vg)
			return err_set(
				err, ERR_DISK_KEEP_VG,
				"%s:%u: %s: two volume groups of this machine have that name: %s and %s",
				guard->at.file, guard->at.line, guard->keep_vg, k->vg->uuid, f->vgs[i].uuid);
		k->vg = &f->vgs[i];
	}
	if (!k->vg)
		return plan_input(err, &guard->at, guard->keep_vg,
				  "this machine has no volume group of that name; it has: %s",
				  names.len ? buf_str(&names) : "none");
	for (size_t i = 0; i < k->vg->n_pvs; i++)
		if (!k->vg->pvs[i].node)
			return err_set(
				err, ERR_DISK_KEEP_VG,
				"%s:%u: %s: physical volume %s of this group is on no disk of this machine",
				guard->at.file, guard->at.line, guard->keep_vg, k->vg->pvs[i].uuid);
	return 0;
}

static const char *mounted_on(const struct disk_facts *d, const struct disk_part *part)
{
	static const char said[] = "last mounted on ";

	for (size_t i = 0; i < d->n_contents; i++)
		if (str_eq(d->contents[i].node, part->node) && d->contents[i].hint &&
		    str_starts(d->contents[i].hint, said))
			return d->contents[i].hint + strlen(said);
	return NULL;
}

static bool has_type(const struct disk_part *part, const char *guid, const char *mbr)
{
	return part->type && (strcasecmp(part->type, guid) == 0 || str_eq(part->type, mbr));
}

/* By what the earlier install called it (plan_parts.c), by its type, or by where it was mounted. */
static bool was_for(const struct disk_facts *d, const struct disk_part *part, const char *mntpoint)
{
	if (str_eq(mntpoint, "biosboot"))
		return has_type(part, GUID_BIOSBOOT, "");
	if (str_eq(mntpoint, "/boot/efi"))
		return has_type(part, GUID_ESP, "0xef");
	return str_eq(part->name, str_eq(mntpoint, "/") ? "root" : mntpoint + (mntpoint[0] == '/')) ||
	       str_eq(mounted_on(d, part), mntpoint);
}

const struct disk_part *keep_part_for(const struct keep *k, const char *mntpoint, const char *ondisk)
{
	const struct disk_part *ret = NULL;

	for (size_t d = 0; d < k->p->facts->n_disks; d++) {
		const struct disk_facts *disk = &k->p->facts->disks[d];

		if (!keep_has_disk(k, disk) || (ondisk && !facts_disk_matches(disk, ondisk)))
			continue;
		for (size_t i = 0; i < disk->n_parts; i++) {
			if (!was_for(disk, &disk->parts[i], mntpoint))
				continue;
			if (ret)
				return NULL;
			ret = &disk->parts[i];
		}
	}
	return ret;
}
