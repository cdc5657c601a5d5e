/* Disks and volume groups as data. */
#include "facts/json.h"

#include "base/util.h"

json_t *facts_contents_json(const struct disk_content *v, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++) {
		const struct disk_content *c = &v[i];
		json_t *o = json_object();

		json_put_str(o, "node", c->node);
		if (c->inside)
			json_put_u64(o, "inside", c->inside);
		json_put_str(o, "type", c->type);
		json_put_str(o, "label", c->label);
		json_put_str(o, "uuid", c->uuid);
		json_put_str(o, "hint", c->hint);
		json_put_u64(o, "size_bytes", c->size_bytes);
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *parts_json(const struct disk_facts *d)
{
	json_t *list = json_array();

	for (size_t i = 0; i < d->n_parts; i++) {
		const struct disk_part *p = &d->parts[i];
		json_t *o = json_object();

		json_put_str(o, "node", p->node);
		json_put_u64(o, "number", p->number);
		json_put_u64(o, "start_bytes", p->start_bytes);
		json_put_u64(o, "size_bytes", p->size_bytes);
		json_put_str(o, "name", p->name);
		json_put_str(o, "type", p->type);
		json_put_str(o, "uuid", p->uuid);
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *host_json(const struct disk_host *h)
{
	json_t *o = h ? json_object() : json_null();

	if (!h)
		return o;
	json_put_str(o, "hostname", h->hostname);
	json_put_str(o, "installed", h->installed);
	json_put_str(o, "token", h->token);
	return o;
}

json_t *facts_disk_json(const struct disk_facts *d)
{
	json_t *o = json_object();

	json_put_str(o, "id", d->id);
	json_put_str(o, "name", d->name);
	json_put_str(o, "path", d->path);
	json_put_str(o, "wwn", d->wwn);
	json_put_str(o, "wwid", d->wwid);
	json_put_str(o, "serial", d->serial);
	json_put_str(o, "vendor", d->vendor);
	json_put_str(o, "model", d->model);
	json_put_str(o, "by_path", d->by_path);
	json_object_set_new(o, "by_id", json_words(d->by_id));
	json_put_str(o, "transport", d->transport);
	json_put_u64(o, "size_bytes", d->size_bytes);
	json_put_u64(o, "logical_sector", d->logical_sector);
	json_put_u64(o, "physical_sector", d->physical_sector);
	json_put_bool(o, "rotational", d->rotational);
	json_put_bool(o, "removable", d->removable);
	json_put_bool(o, "read_only", d->read_only);
	json_put_bool(o, "cdrom", d->cdrom);
	json_put_bool(o, "boot_medium", d->boot_medium);
	json_put_str(o, "multipath_wwid", d->multipath_wwid);
	json_object_set_new(o, "holders", json_words(d->holders));
	json_object_set_new(o, "contents", facts_contents_json(d->contents, d->n_contents));
	json_object_set_new(o, "parts", parts_json(d));
	json_object_set_new(o, "host", host_json(d->host));
	return o;
}

static json_t *lv_json(const struct vg_lv *lv)
{
	json_t *o = json_object(), *segs = json_array();

	json_put_str(o, "name", lv->name);
	json_put_str(o, "uuid", lv->uuid);
	json_put_str(o, "layout", lv->layout);
	json_put_u64(o, "size_bytes", lv->size_bytes);
	for (size_t i = 0; i < lv->n_segs; i++) {
		json_t *seg = json_object();

		json_put_str(seg, "type", lv->segs[i].type);
		json_put_u64(seg, "start", lv->segs[i].start);
		json_put_u64(seg, "extents", lv->segs[i].extents);
		json_put_str(seg, "pv_node", lv->segs[i].pv_node);
		json_put_u64(seg, "pv_extent", lv->segs[i].pv_extent);
		json_array_append_new(segs, seg);
	}
	json_object_set_new(o, "segs", segs);
	json_object_set_new(o, "contents", facts_contents_json(lv->contents, lv->n_contents));
	return o;
}

json_t *facts_vg_json(const struct vg_facts *vg)
{
	json_t *o = json_object(), *pvs = json_array(), *lvs = json_array();

	json_put_str(o, "name", vg->name);
	json_put_str(o, "uuid", vg->uuid);
	json_put_u64(o, "extent_bytes", vg->extent_bytes);
	json_put_u64(o, "extents", vg->extents);
	json_put_u64(o, "free_extents", vg->free_extents);
	for (size_t i = 0; i < vg->n_pvs; i++) {
		json_t *pv = json_object();

		json_put_str(pv, "uuid", vg->pvs[i].uuid);
		json_put_str(pv, "node", vg->pvs[i].node);
		json_put_str(pv, "disk", vg->pvs[i].disk);
		json_put_u64(pv, "pe_start_bytes", vg->pvs[i].pe_start_bytes);
		json_put_u64(pv, "extents", vg->pvs[i].extents);
		json_array_append_new(pvs, pv);
	}
	for (size_t i = 0; i < vg->n_lvs; i++)
		json_array_append_new(lvs, lv_json(&vg->lvs[i]));
	json_object_set_new(o, "pvs", pvs);
	json_object_set_new(o, "lvs", lvs);
	return o;
}
