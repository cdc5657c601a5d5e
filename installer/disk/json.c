/* The plan as data. */
#include "base/util.h"
#include "facts/json.h"
#include "installer/disk/plan.h"

static void put_holds(json_t *o, const struct disk_holds *h)
{
	json_put_str(o, "luks", h->luks);
	if (h->member && str_starts(h->member, "pv."))
		json_put_str(o, "pv", h->member);
	else
		json_put_str(o, "member", h->member);
	json_put_str(o, "fstype", h->fstype ? disk_type_find(h->fstype)->fs : NULL);
	json_put_str(o, "label", h->label);
	json_put_str(o, "mntpoint", h->mntpoint);
}

static json_t *part_json(const struct disk_part_plan *part)
{
	json_t *o = json_object();

	json_put_u64(o, "number", part->number);
	json_put_u64(o, "start_mib", part->start_mib);
	json_put_u64(o, "size_mib", part->size_mib);
	json_put_str(o, "kind", part->kind);
	json_put_str(o, "name", part->name);
	put_holds(o, &part->holds);
	return o;
}

static json_t *disk_json(const struct disk_plan *plan, size_t d)
{
	const struct disk_target *t = &plan->disks[d];
	json_t *o = json_object(), *parts = json_array(), *gone = json_array();

	json_put_str(o, "id", t->id);
	json_put_str(o, "model", t->disk->model);
	json_put_str(o, "serial", t->disk->serial);
	json_put_u64(o, "size_bytes", t->disk->size_bytes);
	json_put_bool(o, "wipe", t->wipe);
	json_put_bool(o, "keep", t->keep);
	json_put_bool(o, "partial", t->partial);
	json_put_str(o, "table", t->table);
	json_object_set_new(o, "destroyed", facts_contents_json(t->disk->contents, t->disk->n_contents));
	json_put_str(o, "host", t->disk->host ? t->disk->host->hostname : NULL);
	for (size_t i = 0; i < t->n_gone; i++)
		json_array_append_new(gone, json_integer(t->gone[i]));
	json_object_set_new(o, "removed", gone);
	for (size_t i = 0; i < t->n_parts; i++)
		json_array_append_new(parts, part_json(&t->parts[i]));
	json_object_set_new(o, "parts", parts);
	return o;
}

static json_t *raid_json(const struct disk_raid_plan *r)
{
	json_t *o = json_object();

	json_put_str(o, "name", r->name);
	json_put_u64(o, "level", r->level);
	json_put_str(o, "metadata", r->metadata);
	json_object_set_new(o, "members", json_words((const char *const *)r->members));
	json_put_u64(o, "spares", r->spares);
	json_put_u64(o, "chunk_kib", r->chunk_kib);
	json_put_u64(o, "size_mib", r->size_mib);
	put_holds(o, &r->holds);
	return o;
}

static json_t *luks_json(const struct disk_luks_plan *l)
{
	json_t *o = json_object();

	json_put_str(o, "name", l->name);
	json_put_str(o, "version", l->version);
	json_put_str(o, "cipher", l->cipher);
	json_put_str(o, "pbkdf", l->pbkdf);
	json_put_bool(o, "early", l->early);
	put_holds(o, &l->holds);
	return o;
}

static json_t *lv_json(const struct disk_lv_plan *lv)
{
	json_t *o = json_object();

	json_put_str(o, "name", lv->name);
	json_put_u64(o, "size_mib", lv->size_mib);
	json_put_str(o, "pool", lv->pool);
	if (lv->metadata_mib) {
		json_put_u64(o, "metadata_mib", lv->metadata_mib);
		json_put_u64(o, "chunk_kib", lv->chunk_kib);
	}
	put_holds(o, &lv->holds);
	return o;
}

static json_t *vg_json(const struct disk_vg_plan *vg)
{
	json_t *o = json_object(), *lvs = json_array();

	json_put_str(o, "name", vg->name);
	json_put_bool(o, "exists", vg->exists);
	json_object_set_new(o, "pvs", json_words((const char *const *)vg->pvs));
	json_put_u64(o, "pesize_kib", vg->pesize_kib);
	json_put_u64(o, "free_mib", vg->free_mib);
	for (size_t i = 0; i < vg->n_lvs; i++)
		json_array_append_new(lvs, lv_json(&vg->lvs[i]));
	json_object_set_new(o, "lvs", lvs);
	return o;
}

static json_t *btrfs_json(const struct disk_btrfs_plan *v)
{
	json_t *o = json_object(), *subvols = json_array();

	json_object_set_new(o, "members", json_words((const char *const *)v->members));
	json_put_str(o, "data", v->data);
	json_put_str(o, "metadata", v->metadata);
	json_put_str(o, "label", v->label);
	json_put_str(o, "mntpoint", v->mntpoint);
	for (size_t i = 0; i < v->n_subvols; i++) {
		json_t *s = json_object();

		json_put_str(s, "name", v->subvols[i].name);
		json_put_str(s, "mntpoint", v->subvols[i].mntpoint);
		json_array_append_new(subvols, s);
	}
	json_object_set_new(o, "subvolumes", subvols);
	return o;
}

static json_t *use_json(const struct disk_plan *plan, const struct disk_use *u)
{
	json_t *o = json_object();

	json_put_str(o, "node", u->dev.node);
	if (!u->dev.node) {
		json_put_str(o, "disk", plan->disks[u->dev.disk].id);
		json_put_u64(o, "part", u->dev.part);
	}
	json_put_str(o, "was", u->was);
	json_put_bool(o, "formatted", !u->noformat && u->holds.fstype);
	put_holds(o, &u->holds);
	return o;
}

json_t *disk_plan_json(const struct disk_plan *plan)
{
	json_t *o = json_object(), *disks = json_array(), *vgs = json_array(), *boot = json_array();
	json_t *raids = json_array(), *luks = json_array(), *btrfs = json_array(), *uses = json_array();

	for (size_t i = 0; i < plan->n_raids; i++)
		json_array_append_new(raids, raid_json(&plan->raids[i]));
	for (size_t i = 0; i < plan->n_luks; i++)
		json_array_append_new(luks, luks_json(&plan->luks[i]));
	for (size_t i = 0; i < plan->n_uses; i++)
		json_array_append_new(uses, use_json(plan, &plan->uses[i]));
	for (size_t i = 0; i < plan->n_btrfs; i++)
		json_array_append_new(btrfs, btrfs_json(&plan->btrfs[i]));
	for (size_t d = 0; d < plan->n_disks; d++)
		json_array_append_new(disks, disk_json(plan, d));
	for (size_t v = 0; v < plan->n_vgs; v++)
		json_array_append_new(vgs, vg_json(&plan->vgs[v]));
	for (size_t i = 0; i < plan->n_boot_disks; i++)
		json_array_append_new(boot, json_string(plan->disks[plan->boot_disks[i]].id));
	json_object_set_new(o, "disks", disks);
	json_object_set_new(o, "destroyed_vgs", disk_destroyed_json(plan));
	json_object_set_new(o, "raids", raids);
	json_object_set_new(o, "luks", luks);
	json_object_set_new(o, "vgs", vgs);
	json_object_set_new(o, "uses", uses);
	json_object_set_new(o, "btrfs", btrfs);
	json_object_set_new(o, "boot_disks", boot);
	json_put_bool(o, "bios", plan->bios);
	json_put_bool(o, "uefi", plan->uefi);
	json_put_str(o, "root_device", plan->root_device);
	return o;
}
