/* Arrays, groups and pools that reach from a disk that is cleared to one that isn't. */
#include "base/util.h"
#include "installer/disk/plan.h"

/* Signatures whose UUID is that of something which may lie on several disks. */
static bool is_member(const struct disk_content *c)
{
	static const char *const types[] = { "linux_raid_member", "btrfs",           "zfs_member",
					     "ddf_raid_member",   "isw_raid_member", "bcache" };

	for (size_t i = 0; c->uuid && i < ARRAY_SIZE(types); i++)
		if (str_eq(c->type, types[i]))
			return true;
	return false;
}

static bool cleared(const struct planner *p, const struct disk_facts *d)
{
	for (size_t i = 0; i < p->plan->n_disks; i++)
		if (p->plan->disks[i].disk == d)
			return p->plan->disks[i].wipe;
	return false;
}

/* Two paths to one LUN are one disk. */
static bool same_lun(const struct disk_facts *a, const struct disk_facts *b)
{
	return a == b || str_eq(a->wwid, b->wwid);
}

static void say(struct buf *b, const struct disk_facts *one, const struct disk_facts *other, const char *what,
		const char *name)
{
	buf_addf(b, "\n  %s %s: on disk %s, which is cleared, and on disk %s, which is not", what, name,
		 disk_id(one), disk_id(other));
}

static void members(const struct planner *p, const struct disk_facts *one, const struct disk_content *c,
		    struct buf *b)
{
	for (size_t i = 0; i < p->facts->n_disks; i++) {
		const struct disk_facts *other = &p->facts->disks[i];

		for (size_t j = 0; !cleared(p, other) && !same_lun(one, other) && j < other->n_contents; j++)
			if (str_eq(other->contents[j].type, c->type) &&
			    str_eq(other->contents[j].uuid, c->uuid)) {
				say(b, one, other, c->type, c->label ? c->label : c->uuid);
				break;
			}
	}
}

static bool holds(const struct disk_facts *d, const char *node)
{
	for (const char **h = d->holders; h && *h; h++)
		if (str_eq(*h, node))
			return true;
	return false;
}

/* A physical volume is on its disk, or on the disks of the array that it is on. */
static bool pv_on(const struct vg_pv *pv, const struct disk_facts *d)
{
	return pv->disk ? str_eq(pv->disk, d->name) : pv->node && holds(d, pv->node);
}

static void group(const struct planner *p, const struct vg_facts *vg, struct buf *b)
{
	const struct disk_facts *one = NULL;

	for (size_t d = 0; d < p->facts->n_disks && !one; d++)
		for (size_t i = 0; i < vg->n_pvs; i++)
			if (cleared(p, &p->facts->disks[d]) && pv_on(&vg->pvs[i], &p->facts->disks[d]))
				one = &p->facts->disks[d];
	for (size_t d = 0; one && d < p->facts->n_disks; d++) {
		const struct disk_facts *other = &p->facts->disks[d];

		for (size_t i = 0; !cleared(p, other) && !same_lun(one, other) && i < vg->n_pvs; i++)
			if (pv_on(&vg->pvs[i], other)) {
				say(b, one, other, "volume group", vg->name);
				break;
			}
	}
}

/* Two groups of one name would leave both hosts' worth of volumes out of reach by name. */
static int names_taken(const struct planner *p, struct err *err)
{
	for (size_t i = 0; i < p->ks->n_volgroups; i++) {
		const struct ks_volgroup *ks = &p->ks->volgroups[i];

		for (size_t v = 0; v < p->facts->n_vgs && !ks->useexisting && !ks->noformat; v++)
			for (size_t d = 0; d < p->facts->n_disks; d++)
				for (size_t j = 0; j < p->facts->vgs[v].n_pvs; j++)
					if (str_eq(p->facts->vgs[v].name, ks->name) &&
					    !cleared(p, &p->facts->disks[d]) &&
					    pv_on(&p->facts->vgs[v].pvs[j], &p->facts->disks[d]))
						return plan_input(
							err, &ks->at, ks->name,
							"disk %s, which is not cleared, holds a volume "
							"group of that name; choose another",
							disk_id(&p->facts->disks[d]));
	}
	return 0;
}

int plan_span(struct planner *p, struct err *err)
{
	auto_buf b = { 0 };

	for (size_t i = 0; i < p->plan->n_disks; i++) {
		const struct disk_target *t = &p->plan->disks[i];

		for (size_t c = 0; t->wipe && c < t->disk->n_contents; c++)
			if (is_member(&t->disk->contents[c]))
				members(p, t->disk, &t->disk->contents[c], &b);
	}
	for (size_t v = 0; v < p->facts->n_vgs; v++)
		group(p, &p->facts->vgs[v], &b);
	if (!b.len)
		return names_taken(p, err);
	return err_set(err, ERR_DISK_SPANS,
		       "clearing what the kickstart file names would take a part away from what other disks "
		       "hold:%s\nname those disks too, or take them out of it first (vgreduce, mdadm --fail)",
		       buf_str(&b));
}
