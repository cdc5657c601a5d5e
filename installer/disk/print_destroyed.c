/* What a plan destroys: the groups, arrays and guests' disks behind the signatures. */
#include "base/util.h"
#include "facts/json.h"
#include "installer/disk/plan.h"

void disk_content_print(const struct disk_content *c, struct buf *b)
{
	buf_adds(b, c->type);
	if (c->label)
		buf_addf(b, " \"%s\"", c->label);
	if (c->inside)
		buf_addf(b, " in its partition %u", c->inside);
	if (c->hint)
		buf_addf(b, " (%s)", c->hint);
}

/* Whether a partition that stays is formatted anew. */
static bool disk_formats(const struct disk_plan *plan, size_t disk, const char *node)
{
	for (size_t i = 0; i < plan->n_uses; i++) {
		const struct disk_use *u = &plan->uses[i];
		auto_free char *path = NULL;

		if (u->noformat || u->dev.node || u->dev.disk != disk)
			continue;
		path = disk_part_path(plan->disks[disk].disk->path, u->dev.part);
		if (str_eq(path + strlen("/dev/"), node))
			return true;
	}
	return false;
}

static const struct disk_target *cleared(const struct disk_plan *plan, const char *disk, const char *node)
{
	for (size_t i = 0; i < plan->n_disks; i++)
		if (str_eq(plan->disks[i].disk->name, disk) &&
		    (disk_loses(&plan->disks[i], node) || disk_formats(plan, i, node)))
			return &plan->disks[i];
	return NULL;
}

/* Whether a group loses a physical volume, which it never survives here: plan_span saw to it that all go. */
static bool lost(const struct disk_plan *plan, const struct vg_facts *vg)
{
	for (size_t i = 0; i < vg->n_pvs; i++)
		if (vg->pvs[i].disk && cleared(plan, vg->pvs[i].disk, vg->pvs[i].node))
			return true;
	return false;
}

static void print_pv(const struct disk_plan *plan, const struct vg_pv *pv, struct buf *b)
{
	const struct disk_target *t = pv->disk ? cleared(plan, pv->disk, pv->node) : NULL;
	size_t n = t ? strlen(t->disk->name) : 0;

	if (!t)
		buf_adds(b, pv->node ? pv->node : "a disk that is missing");
	else
		buf_addf(b, "disk %s", t->id);
	if (t && pv->node[n])
		buf_addf(b, " part %s", pv->node + n + (pv->node[n] == 'p'));
}

static void print_group(const struct disk_plan *plan, const struct vg_facts *vg, struct buf *b)
{
	buf_addf(b, "vg %s: destroyed, ", vg->name);
	buf_add_bytes(b, vg->extents * vg->extent_bytes);
	buf_addf(b, ", %zu volume%s, on ", vg->n_lvs, vg->n_lvs == 1 ? "" : "s");
	for (size_t i = 0; i < vg->n_pvs; i++) {
		buf_adds(b, i ? ", " : "");
		print_pv(plan, &vg->pvs[i], b);
	}
	buf_addc(b, '\n');
	for (size_t i = 0; i < vg->n_lvs; i++) {
		const struct vg_lv *lv = &vg->lvs[i];

		buf_addf(b, "lv %s/%s: destroyed, ", vg->name, lv->name);
		buf_add_bytes(b, lv->size_bytes);
		buf_adds(b, lv->n_contents ? ", " : "\n");
		for (size_t c = 0; c < lv->n_contents; c++) {
			disk_content_print(&lv->contents[c], b);
			buf_adds(b, c + 1 < lv->n_contents ? ", " : "\n");
		}
	}
}

void disk_destroyed_print(const struct disk_plan *plan, struct buf *b)
{
	for (size_t i = 0; i < plan->n_disks; i++)
		if (plan->disks[i].wipe && plan->disks[i].disk->host)
			buf_addf(b, "disk %s: Xenith host %s, installed %s, is destroyed\n",
				 plan->disks[i].id, plan->disks[i].disk->host->hostname,
				 plan->disks[i].disk->host->installed);
	for (size_t v = 0; v < plan->facts->n_vgs; v++)
		if (lost(plan, &plan->facts->vgs[v]))
			print_group(plan, &plan->facts->vgs[v], b);
}

json_t *disk_destroyed_json(const struct disk_plan *plan)
{
	json_t *list = json_array();

	for (size_t v = 0; v < plan->facts->n_vgs; v++)
		if (lost(plan, &plan->facts->vgs[v]))
			json_array_append_new(list, facts_vg_json(&plan->facts->vgs[v]));
	return list;
}
