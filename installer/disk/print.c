/* The plan for people and as data. */
#include "base/util.h"
#include "facts/json.h"
#include "installer/disk/plan.h"

const char *disk_id(const struct disk_facts *disk)
{
	return disk->id ? disk->id : disk->by_path ? disk->by_path : disk->name;
}

void disk_size_print(uint64_t bytes, struct buf *b)
{
	static const char *const units[] = { "B", "kB", "MB", "GB", "TB", "PB" };
	double v = (double)bytes;
	size_t u = 0;

	for (; v >= 999.95 && u + 1 < ARRAY_SIZE(units); u++)
		v /= 1000;
	buf_addf(b, "%.*f %s", u ? 1 : 0, v, units[u]);
}

void disk_contents_print(const struct disk_facts *disk, struct buf *b)
{
	for (size_t i = 0; i < disk->n_contents; i++) {
		const struct disk_content *c = &disk->contents[i];
		size_t n = strlen(disk->name);

		buf_adds(b, i ? ", " : "");
		disk_content_print(c, b);
		/* Kernel names change from boot to boot, numbers of partitions don't. */
		if (str_starts(c->node, disk->name) && c->node[n])
			buf_addf(b, " on part %s", c->node + n + (c->node[n] == 'p'));
	}
	if (!disk->n_contents)
		buf_adds(b, "empty");
}

static const char *part_mntpoint(const struct disk_plan *plan, size_t disk, unsigned part)
{
	for (size_t i = 0; i < plan->n_mounts; i++) {
		const struct disk_mount *m = &plan->mounts[i];

		if (m->part && m->disk == disk && m->part == part && !str_eq(m->mntpoint, "none"))
			return m->mntpoint;
	}
	return NULL;
}

static void print_wipe(const struct disk_target *t, struct buf *b)
{
	buf_addf(b, "disk %s (%s%s", t->id, t->disk->model ? t->disk->model : "", t->disk->model ? ", " : "");
	disk_size_print(t->disk->size_bytes, b);
	buf_adds(b, "): wipe (");
	disk_contents_print(t->disk, b);
	buf_adds(b, ")\n");
}

static void print_parts(const struct disk_plan *plan, size_t d, struct buf *b)
{
	const struct disk_target *t = &plan->disks[d];

	buf_addf(b, "disk %s: new table (gpt)\n", t->id);
	for (size_t i = 0; i < t->n_parts; i++) {
		const struct disk_part_plan *part = &t->parts[i];
		const char *mntpoint = part_mntpoint(plan, d, part->number);

		buf_addf(b, "disk %s: part %u, %llu MiB at %llu MiB, %s", t->id, part->number,
			 (unsigned long long)part->size_mib, (unsigned long long)part->start_mib, part->kind);
		if (part->pv)
			buf_addf(b, ", %s", part->pv);
		if (part->fstype && !str_eq(part->fstype, part->kind))
			buf_addf(b, ", %s", disk_type_find(part->fstype)->fs);
		if (part->label)
			buf_addf(b, ", label \"%s\"", part->label);
		if (mntpoint)
			buf_addf(b, ", %s", mntpoint);
		buf_addc(b, '\n');
	}
}

static void print_vg(const struct disk_vg_plan *vg, struct buf *b)
{
	buf_addf(b, "vg %s: on", vg->name);
	for (const char **pv = vg->pvs; *pv; pv++)
		buf_addf(b, " %s", *pv);
	buf_addf(b, ", extents of %llu KiB, %llu MiB stay free\n", (unsigned long long)vg->pesize_kib,
		 (unsigned long long)vg->free_mib);
	for (size_t i = 0; i < vg->n_lvs; i++) {
		const struct disk_lv_plan *lv = &vg->lvs[i];

		buf_addf(b, "lv %s/%s: %llu MiB, %s", vg->name, lv->name, (unsigned long long)lv->size_mib,
			 lv->fstype);
		if (lv->label)
			buf_addf(b, ", label \"%s\"", lv->label);
		if (!str_eq(lv->mntpoint, "swap"))
			buf_addf(b, ", %s", lv->mntpoint);
		buf_addc(b, '\n');
	}
}

void disk_plan_print(const struct disk_plan *plan, struct buf *b)
{
	for (size_t d = 0; d < plan->n_disks; d++)
		print_wipe(&plan->disks[d], b);
	disk_destroyed_print(plan, b);
	for (size_t d = 0; d < plan->n_disks; d++)
		print_parts(plan, d, b);
	for (size_t v = 0; v < plan->n_vgs; v++)
		print_vg(&plan->vgs[v], b);
	for (size_t i = 0; i < plan->n_boot_disks; i++)
		buf_addf(b, "disk %s: boot loader for %s%s%s\n", plan->disks[plan->boot_disks[i]].id,
			 plan->bios ? "BIOS" : "", plan->bios && plan->uefi ? " and " : "",
			 plan->uefi ? "UEFI" : "");
}

static json_t *part_json(const struct disk_plan *plan, size_t d, const struct disk_part_plan *part)
{
	json_t *o = json_object();

	json_put_u64(o, "number", part->number);
	json_put_u64(o, "start_mib", part->start_mib);
	json_put_u64(o, "size_mib", part->size_mib);
	json_put_str(o, "kind", part->kind);
	json_put_str(o, "name", part->name);
	json_put_str(o, "pv", part->pv);
	json_put_str(o, "fstype", part->fstype ? disk_type_find(part->fstype)->fs : NULL);
	json_put_str(o, "label", part->label);
	json_put_str(o, "mntpoint", part_mntpoint(plan, d, part->number));
	return o;
}

static json_t *disk_json(const struct disk_plan *plan, size_t d)
{
	const struct disk_target *t = &plan->disks[d];
	json_t *o = json_object(), *parts = json_array();

	json_put_str(o, "id", t->id);
	json_put_str(o, "model", t->disk->model);
	json_put_str(o, "serial", t->disk->serial);
	json_put_u64(o, "size_bytes", t->disk->size_bytes);
	json_put_bool(o, "wipe", t->wipe);
	json_object_set_new(o, "destroyed", facts_contents_json(t->disk->contents, t->disk->n_contents));
	json_put_str(o, "host", t->disk->host ? t->disk->host->hostname : NULL);
	for (size_t i = 0; i < t->n_parts; i++)
		json_array_append_new(parts, part_json(plan, d, &t->parts[i]));
	json_object_set_new(o, "parts", parts);
	return o;
}

static json_t *vg_json(const struct disk_vg_plan *vg)
{
	json_t *o = json_object(), *pvs = json_array(), *lvs = json_array();

	json_put_str(o, "name", vg->name);
	for (const char **pv = vg->pvs; *pv; pv++)
		json_array_append_new(pvs, json_string(*pv));
	json_object_set_new(o, "pvs", pvs);
	json_put_u64(o, "pesize_kib", vg->pesize_kib);
	json_put_u64(o, "free_mib", vg->free_mib);
	for (size_t i = 0; i < vg->n_lvs; i++) {
		const struct disk_lv_plan *lv = &vg->lvs[i];
		json_t *l = json_object();

		json_put_str(l, "name", lv->name);
		json_put_u64(l, "size_mib", lv->size_mib);
		json_put_str(l, "fstype", lv->fstype);
		json_put_str(l, "label", lv->label);
		json_put_str(l, "mntpoint", lv->mntpoint);
		json_array_append_new(lvs, l);
	}
	json_object_set_new(o, "lvs", lvs);
	return o;
}

json_t *disk_plan_json(const struct disk_plan *plan)
{
	json_t *o = json_object(), *disks = json_array(), *vgs = json_array(), *boot = json_array();

	for (size_t d = 0; d < plan->n_disks; d++)
		json_array_append_new(disks, disk_json(plan, d));
	for (size_t v = 0; v < plan->n_vgs; v++)
		json_array_append_new(vgs, vg_json(&plan->vgs[v]));
	for (size_t i = 0; i < plan->n_boot_disks; i++)
		json_array_append_new(boot, json_string(plan->disks[plan->boot_disks[i]].id));
	json_object_set_new(o, "disks", disks);
	json_object_set_new(o, "destroyed_vgs", disk_destroyed_json(plan));
	json_object_set_new(o, "vgs", vgs);
	json_object_set_new(o, "boot_disks", boot);
	json_put_bool(o, "bios", plan->bios);
	json_put_bool(o, "uefi", plan->uefi);
	json_put_str(o, "root_device", plan->root_device);
	return o;
}
