/* Partitions and volumes of this machine, by the names that a file has for them. */
#include "base/util.h"
#include "installer/disk/plan.h"

const struct disk_content *plan_content_on(const struct disk_facts *d, const char *node)
{
	for (size_t i = 0; i < d->n_contents; i++)
		if (str_eq(d->contents[i].node, node) && !d->contents[i].inside)
			return &d->contents[i];
	return NULL;
}

const struct disk_content *plan_content_of(const struct found *f)
{
	if (f->lv)
		return f->lv->n_contents ? &f->lv->contents[0] : NULL;
	for (size_t i = 0; i < f->disk->n_parts; i++)
		if (f->disk->parts[i].number == f->number)
			return plan_content_on(f->disk, f->disk->parts[i].node);
	return NULL;
}

bool plan_part_matches(const struct disk_facts *d, const struct disk_part *part, const char *name)
{
	const struct disk_content *c = plan_content_on(d, part->node);
	auto_free char *end = xasprintf("-part%u", part->number);
	auto_free char *disk = NULL;

	if (str_starts(name, "UUID="))
		return c && str_eq(c->uuid, name + 5);
	if (str_starts(name, "LABEL="))
		return c && str_eq(c->label, name + 6);
	if (str_starts(name, "PARTUUID="))
		return part->uuid && strcasecmp(part->uuid, name + 9) == 0;
	if (str_eq(part->node, name + (str_starts(name, "/dev/") ? 5 : 0)))
		return true;
	if (!str_ends(name, end))
		return false;
	disk = xstrndup(name, strlen(name) - strlen(end));
	return facts_disk_matches(d, disk);
}

static bool lv_matches(const struct vg_facts *vg, const struct vg_lv *lv, const char *name)
{
	const struct disk_content *c = lv->n_contents ? &lv->contents[0] : NULL;
	auto_free char *mapper = disk_lv_path(vg->name, lv->name);
	auto_free char *dev = xasprintf("/dev/%s/%s", vg->name, lv->name);

	if (str_starts(name, "UUID="))
		return c && str_eq(c->uuid, name + 5);
	if (str_starts(name, "LABEL="))
		return c && str_eq(c->label, name + 6);
	return str_eq(name, mapper) || str_eq(name, dev) || str_eq(name, dev + 5) ||
	       str_eq(name, mapper + 12);
}

int plan_find(const struct planner *p, const struct ks_at *at, const char *name, struct found *ret,
	      struct err *err)
{
	const struct facts *facts = p->facts;
	size_t n = 0;

	for (size_t d = 0; d < facts->n_disks; d++)
		for (size_t i = 0; i < facts->disks[d].n_parts; i++)
			if (plan_part_matches(&facts->disks[d], &facts->disks[d].parts[i], name)) {
				*ret = (struct found){ .disk = &facts->disks[d],
						       .number = facts->disks[d].parts[i].number,
						       .size_bytes = facts->disks[d].parts[i].size_bytes };
				n++;
			}
	for (size_t v = 0; v < facts->n_vgs; v++)
		for (size_t l = 0; l < facts->vgs[v].n_lvs; l++)
			if (lv_matches(&facts->vgs[v], &facts->vgs[v].lvs[l], name)) {
				*ret = (struct found){ .vg = &facts->vgs[v],
						       .lv = &facts->vgs[v].lvs[l],
						       .size_bytes = facts->vgs[v].lvs[l].size_bytes };
				n++;
			}
	if (n == 1)
		return 0;
	if (n)
		return plan_input(err, at, name,
				  "%zu partitions or volumes of this machine match, and exactly one must", n);
	return plan_input(err, at, name,
			  "this machine has no such partition or volume; `xenith facts` lists them");
}
