/* What `xenith facts --json` found on a captured machine's disks: xenith/facts.json beside its files. */
#include "base/json.h"
#include "base/util.h"
#include "facts/disk.h"

static const char *text(struct arena *a, const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s ? arena_strdup(a, s) : NULL;
}

static uint64_t number(const json_t *o, const char *key)
{
	json_int_t v = json_integer_value(json_object_get(o, key));

	return v > 0 ? (uint64_t)v : 0;
}

static struct contents contents(struct arena *a, const json_t *list)
{
	struct contents ret = { 0 };
	const json_t *o;
	size_t i;

	json_array_foreach (list, i, o) {
		const char *node = text(a, o, "node"), *type = text(a, o, "type");
		struct disk_content *c;

		if (!node || !type)
			continue;
		c = contents_push(a, &ret, node, number(o, "size_bytes"));
		c->type = type;
		c->label = text(a, o, "label");
		c->uuid = text(a, o, "uuid");
		c->hint = text(a, o, "hint");
		c->inside = (unsigned)number(o, "inside");
	}
	return ret;
}

static void read_parts(struct arena *a, const json_t *list, struct disk_facts *d)
{
	const json_t *o;
	size_t i;

	d->parts = NULL;
	d->n_parts = 0;
	json_array_foreach (list, i, o) {
		struct disk_part *p = arena_push(a, &d->parts, &d->n_parts, sizeof(*p));
		const char *node = text(a, o, "node");

		p->node = node ? node : "";
		p->number = (unsigned)number(o, "number");
		p->start_bytes = number(o, "start_bytes");
		p->size_bytes = number(o, "size_bytes");
		p->name = text(a, o, "name");
		p->type = text(a, o, "type");
		p->uuid = text(a, o, "uuid");
	}
}

static void read_disk(struct arena *a, const json_t *o, struct disk_facts *d)
{
	const json_t *host = json_object_get(o, "host"), *parts = json_object_get(o, "parts");
	struct contents list = contents(a, json_object_get(o, "contents"));
	struct disk_host *h;

	d->contents = list.v;
	d->n_contents = list.n;
	if (parts)
		read_parts(a, parts, d);
	if (!json_is_object(host) || !json_is_string(json_object_get(host, "token")))
		return;
	h = arena_alloc(a, sizeof(*h));
	h->hostname = text(a, host, "hostname");
	h->installed = text(a, host, "installed");
	h->token = text(a, host, "token");
	d->host = h;
}

static void read_lv(struct arena *a, const json_t *o, struct vg_facts *vg)
{
	struct vg_lv *lv = arena_push(a, &vg->lvs, &vg->n_lvs, sizeof(*lv));
	struct contents list = contents(a, json_object_get(o, "contents"));
	const char *name = text(a, o, "name"), *uuid = text(a, o, "uuid"), *layout = text(a, o, "layout");
	const json_t *s;
	size_t i;

	lv->name = name ? name : "";
	lv->uuid = uuid ? uuid : "";
	lv->layout = layout ? layout : "";
	lv->size_bytes = number(o, "size_bytes");
	lv->contents = list.v;
	lv->n_contents = list.n;
	json_array_foreach (json_object_get(o, "segs"), i, s) {
		struct vg_seg *seg = arena_push(a, &lv->segs, &lv->n_segs, sizeof(*seg));

		seg->type = text(a, s, "type");
		seg->start = number(s, "start");
		seg->extents = number(s, "extents");
		seg->pv_node = text(a, s, "pv_node");
		seg->pv_extent = number(s, "pv_extent");
	}
}

static void read_vg(struct arena *a, const json_t *o, struct facts *f)
{
	struct vg_facts *vg = arena_push(a, &f->vgs, &f->n_vgs, sizeof(*vg));
	const char *name = text(a, o, "name"), *uuid = text(a, o, "uuid");
	const json_t *p;
	size_t i;

	vg->name = name ? name : "";
	vg->uuid = uuid ? uuid : "";
	vg->extent_bytes = number(o, "extent_bytes");
	vg->extents = number(o, "extents");
	vg->free_extents = number(o, "free_extents");
	json_array_foreach (json_object_get(o, "pvs"), i, p) {
		struct vg_pv *pv = arena_push(a, &vg->pvs, &vg->n_pvs, sizeof(*pv));
		const char *id = text(a, p, "uuid");

		pv->uuid = id ? id : "";
		pv->node = text(a, p, "node");
		pv->disk = text(a, p, "disk");
		pv->pe_start_bytes = number(p, "pe_start_bytes");
		pv->extents = number(p, "extents");
	}
	json_array_foreach (json_object_get(o, "lvs"), i, p)
		read_lv(a, p, vg);
}

void disks_read_recorded(const struct sysroot *sr, struct facts *f)
{
	auto_buf b = { 0 };
	auto_json *top = NULL;
	const json_t *o;
	size_t i;

	if (sr->live || !sysroot_read(sr, &b, "xenith/facts.json"))
		return;
	top = json_loads(buf_str(&b), 0, NULL);
	json_array_foreach (json_object_get(top, "disks"), i, o)
		for (size_t d = 0; d < f->n_disks; d++) {
			if (str_eq(json_string_value(json_object_get(o, "name")), f->disks[d].name))
				read_disk(sr->arena, o, &f->disks[d]);
		}
	json_array_foreach (json_object_get(top, "vgs"), i, o)
		read_vg(sr->arena, o, f);
}
