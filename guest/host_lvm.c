#include "base/file.h"
#include "base/run.h"
#include "base/util.h"
#include "guest/host_priv.h"
#include "guest/lvm_report.h"

#define LVM_S      60
/* An administrator says so of a group whose disks don't tell it. */
#define SHARED_TAG "xenith.shared"

/* What lvm reports as JSON: asked for here, or as a capture holds it. NULL: there is no LVM. */
static json_t *lvm_report(struct guest_host *h, const char *what, const char *fields, struct err *err)
{
	auto_buf out = { 0 };
	auto_run run = { .out = &out, .timeout_s = LVM_S };

	if (!ghost_is_live(h)) {
		auto_free char *path = xasprintf("%s/xenith/%s.json", h->root, what);

		if (file_read(path, &out, NULL))
			return NULL;
	} else {
		if (!file_exists("/sbin/lvm") && !file_exists("/usr/sbin/lvm"))
			return NULL;
		argv_addl(&run.argv, "lvm", what, "--readonly", "--reportformat", "json", "--units", "b",
			  "--nosuffix", "-o", fields, NULL);
		if (run_argv(&run, err))
			return NULL;
	}
	return json_loads(buf_str(&out), 0, NULL);
}

static const char *get(struct guest_host *h, const json_t *row, const char *key)
{
	return arena_strdup(&h->arena, lvm_field(row, key));
}

static uint64_t get_u64(const json_t *row, const char *key)
{
	const char *s = json_string_value(json_object_get(row, key));
	uint64_t v = 0;

	return s && str_u64(s, &v) ? v : 0;
}

static void read_pv(struct guest_host *h, const json_t *row)
{
	const struct guest_vg *of = guest_host_vg(h, json_string_value(json_object_get(row, "vg_name")));
	struct guest_vg *vg = of ? &h->vgs[of - h->vgs] : NULL;
	const char *pv = get(h, row, "pv_name");

	if (!vg)
		return;
	if (str_starts(get(h, row, "pv_missing"), "missing")) {
		size_t n = 0;

		while (vg->missing && vg->missing[n])
			n++;
		vg->missing = memcpy(arena_alloc(&h->arena, (n + 2) * sizeof(char *)),
				     vg->missing ? vg->missing : &(const char *){ NULL }, n * sizeof(char *));
		vg->missing[n] = get(h, row, "pv_uuid");
	}
	if (ghost_on_san(h, pv))
		vg->san = true;
}

int ghost_lvm(struct guest_host *h, struct err *err)
{
	auto_json *vgs = lvm_report(
		h, "vgs", "vg_name,vg_uuid,vg_extent_size,vg_free_count,vg_attr,vg_lock_type,vg_tags", err);
	auto_json *lvs =
		vgs ? lvm_report(h, "lvs", "vg_name,lv_name,lv_size,lv_attr,pool_lv,origin,lv_tags", err)
		    : NULL;
	auto_json *pvs = lvs ? lvm_report(h, "pvs", "pv_name,pv_uuid,vg_name,pv_missing", err) : NULL;
	const json_t *row;
	size_t i;

	if (ghost_is_live(h) && err->code)
		return -(int)err->code;
	json_array_foreach (lvm_rows(vgs, "vg"), i, row) {
		struct guest_vg *vg = arena_push(&h->arena, &h->vgs, &h->n_vgs, sizeof(*vg));
		const char *attr = get(h, row, "vg_attr"), *lock = get(h, row, "vg_lock_type");
		auto_argv tags = { 0 };

		argv_split(&tags, lvm_field(row, "vg_tags"), ",");
		vg->name = get(h, row, "vg_name");
		vg->uuid = get(h, row, "vg_uuid");
		vg->extent_bytes = get_u64(row, "vg_extent_size");
		vg->free_extents = get_u64(row, "vg_free_count");
		vg->shared = (strlen(attr) > 5 && (attr[5] == 's' || attr[5] == 'c')) ||
			     argv_has(&tags, SHARED_TAG);
		vg->lock = *lock && !str_eq(lock, "none") ? lock : NULL;
	}
	json_array_foreach (lvm_rows(lvs, "lv"), i, row) {
		struct guest_lv *lv = arena_push(&h->arena, &h->lvs, &h->n_lvs, sizeof(*lv));
		const char *attr = get(h, row, "lv_attr");

		lv->vg = get(h, row, "vg_name");
		lv->name = get(h, row, "lv_name");
		lv->size_bytes = get_u64(row, "lv_size");
		lv->pool = *get(h, row, "pool_lv") ? get(h, row, "pool_lv") : NULL;
		lv->origin = *get(h, row, "origin") ? get(h, row, "origin") : NULL;
		lv->is_pool = attr[0] == 't';
		lv->open = strlen(attr) > 5 && attr[5] == 'o';
		lv->tags = get(h, row, "lv_tags");
	}
	json_array_foreach (lvm_rows(pvs, "pv"), i, row)
		read_pv(h, row);
	return 0;
}
