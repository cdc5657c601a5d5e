/* Arrays, groups and pools that reach from a disk or partition that is cleared, or formatted anew, to one
 * that isn't. */
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

static const struct disk_target *target_of(const struct planner *p, const struct disk_facts *d)
{
	for (size_t i = 0; i < p->plan->n_disks; i++)
		if (p->plan->disks[i].disk == d)
			return &p->plan->disks[i];
	return NULL;
}

static bool is_formatted(const struct planner *p, const struct disk_target *t, const char *node)
{
	for (size_t i = 0; i < p->n_reuses; i++) {
		const struct reuse *u = &p->reuses[i];
		auto_free char *path = NULL;

		if (u->hold.noformat || u->dev.node || u->dev.disk != (size_t)(t - p->plan->disks))
			continue;
		path = disk_part_path(t->disk->path, u->dev.part);
		if (str_eq(path + strlen("/dev/"), node))
			return true;
	}
	return false;
}

/* Whether what is on a node of a disk is lost: the disk or the partition is cleared, or formatted anew. */
static bool lost(const struct planner *p, const struct disk_facts *d, const char *node)
{
	const struct disk_target *t = target_of(p, d);

	return t && (disk_loses(t, node) || is_formatted(p, t, node));
}

/* Two paths to one LUN are one disk. */
static bool same_lun(const struct disk_facts *a, const struct disk_facts *b)
{
	return a != b && str_eq(a->wwid, b->wwid);
}

/* "disk ID", or "disk ID part 3" where the disk stays. */
static void place(const struct planner *p, const struct disk_facts *d, const char *node, struct buf *b)
{
	const struct disk_target *t = target_of(p, d);
	size_t n = strlen(d->name);

	buf_addf(b, "disk %s", disk_id(d));
	if (t && !t->wipe && str_starts(node, d->name) && node[n])
		buf_addf(b, " part %s", node + n + (node[n] == 'p'));
}

/* A thing that lies on two places. */
struct half {
	const struct disk_facts *disk;
	const char *node;
};

static void say(const struct planner *p, struct half one, struct half other, const char *what,
		const char *name, struct buf *b)
{
	buf_addf(b, "\n  %s %s: on ", what, name);
	place(p, one.disk, one.node, b);
	buf_adds(b, ", which is cleared, and on ");
	place(p, other.disk, other.node, b);
	buf_adds(b, ", which is not");
}

static void members(const struct planner *p, const struct disk_facts *one, const struct disk_content *c,
		    struct buf *b)
{
	for (size_t i = 0; i < p->facts->n_disks; i++) {
		const struct disk_facts *other = &p->facts->disks[i];

		for (size_t j = 0; !same_lun(one, other) && j < other->n_contents; j++) {
			const struct disk_content *o = &other->contents[j];

			if (o != c && str_eq(o->type, c->type) && str_eq(o->uuid, c->uuid) &&
			    !lost(p, other, o->node)) {
				say(p, (struct half){ one, c->node }, (struct half){ other, o->node },
				    c->type, c->label ? c->label : c->uuid, b);
				break;
			}
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

/* Of an array's disk: whether the array's member there is lost. */
static bool pv_lost(const struct planner *p, const struct vg_pv *pv, const struct disk_facts *d)
{
	if (pv->disk)
		return lost(p, d, pv->node ? pv->node : d->name);
	for (size_t i = 0; i < d->n_contents; i++)
		if (str_eq(d->contents[i].type, "linux_raid_member") && lost(p, d, d->contents[i].node))
			return true;
	return lost(p, d, d->name);
}

static struct half half_of(const struct vg_pv *pv, const struct disk_facts *d)
{
	return (struct half){ d, pv->disk && pv->node ? pv->node : d->name };
}

/* For each disk that keeps a part of the group: it is told once. */
static void group(const struct planner *p, const struct vg_facts *vg, struct buf *b)
{
	struct half one = { 0 };

	for (size_t d = 0; d < p->facts->n_disks && !one.disk; d++)
		for (size_t i = 0; i < vg->n_pvs && !one.disk; i++)
			if (pv_on(&vg->pvs[i], &p->facts->disks[d]) &&
			    pv_lost(p, &vg->pvs[i], &p->facts->disks[d]))
				one = half_of(&vg->pvs[i], &p->facts->disks[d]);
	for (size_t d = 0; one.disk && d < p->facts->n_disks; d++) {
		const struct disk_facts *other = &p->facts->disks[d];

		for (size_t i = 0; !same_lun(one.disk, other) && i < vg->n_pvs; i++)
			if (pv_on(&vg->pvs[i], other) && !pv_lost(p, &vg->pvs[i], other)) {
				say(p, one, half_of(&vg->pvs[i], other), "volume group", vg->name, b);
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
					    pv_on(&p->facts->vgs[v].pvs[j], &p->facts->disks[d]) &&
					    !pv_lost(p, &p->facts->vgs[v].pvs[j], &p->facts->disks[d]))
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

		for (size_t c = 0; c < t->disk->n_contents; c++)
			if (is_member(&t->disk->contents[c]) && lost(p, t->disk, t->disk->contents[c].node))
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
