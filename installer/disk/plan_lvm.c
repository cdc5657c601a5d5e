/* Volume groups and logical volumes. */
#include "base/util.h"
#include "installer/disk/plan_lv.h"

#define THIN_CHUNK_KIB    64
#define THIN_META_MIN_MIB 4
#define THIN_META_MAX_MIB 16192 /* LVM's limit is 15.81 GiB */

/* Share the VG's room; *ret_free is what is left. */
static int lv_grow(const struct ks_volgroup *ks, struct lv_want *w, size_t n, uint64_t room, uint64_t unit,
		   uint64_t reserved, uint64_t *ret_free, struct err *err)
{
	auto_free struct grow *g = xcalloc(n + 1, sizeof(*g));
	uint64_t need = 0, spare, before, percent = 0;

	for (size_t i = 0; i < n; i++)
		need += w[i].g.size;
	if (need + reserved > room)
		return err_set(
			err, ERR_DISK_VG_SMALL,
			"%s:%u: %s: this volume group is too small: it has %llu MiB, and %llu MiB are needed",
			ks->at.file, ks->at.line, ks->name, (unsigned long long)(room * unit),
			(unsigned long long)((need + reserved) * unit));
	before = spare = room - need - reserved;
	for (size_t i = 0; i < n; i++) {
		uint64_t more = (uint64_t)((unsigned __int128)before * w[i].percent / 100);

		if (w[i].g.max)
			more = MIN(more, w[i].g.max - w[i].g.size);
		percent += w[i].percent;
		if (percent > 100)
			return plan_input(err, &w[i].ks->at, "--percent",
					  "the percentages in volume group %s add up to %llu", ks->name,
					  (unsigned long long)percent);
		w[i].g.size += more;
		spare -= more;
	}
	for (size_t i = 0; i < n; i++)
		g[i] = w[i].g;
	spare = disk_grow(g, n, spare);
	for (size_t i = 0; i < n; i++)
		w[i].g = g[i];
	*ret_free = spare + reserved;
	return 0;
}

/*
 * The metadata of thin pools, which lvmthin(7) reckons as 64 bytes a chunk, and one spare of the largest. A
 * pool can grow to the size of its group: the reckoning is for that.
 */
static uint64_t pool_metadata(struct lv_want *w, size_t n, uint64_t room, uint64_t unit)
{
	uint64_t sum = 0, most = 0;

	for (size_t i = 0; i < n; i++) {
		uint64_t chunk =
			w[i].ks->chunksize_kib > 0 ? (uint64_t)w[i].ks->chunksize_kib : THIN_CHUNK_KIB;
		uint64_t mib = room * unit * 64 / (chunk * 1024);

		if (!w[i].ks->thinpool)
			continue;
		if (w[i].ks->metadatasize_mib > 0)
			mib = (uint64_t)w[i].ks->metadatasize_mib;
		mib = MIN(MAX(mib, (uint64_t)THIN_META_MIN_MIB), (uint64_t)THIN_META_MAX_MIB);
		w[i].metadata = (mib + unit - 1) / unit;
		sum += w[i].metadata;
		most = MAX(most, w[i].metadata);
	}
	return sum + most;
}

static int lv_collect(struct planner *p, const struct ks_volgroup *ks, uint64_t unit, bool thin,
		      struct lv_want **w, size_t *n, struct err *err)
{
	for (size_t i = 0; i < p->ks->n_logvols; i++) {
		const struct ks_logvol *lv = &p->ks->logvols[i];
		int r;

		if (!str_eq(lv->vgname, ks->name) || lv->thin != thin || lv->useexisting || lv->noformat)
			continue;
		arena_push(&p->plan->arena, w, n, sizeof(**w));
		r = lv_want(p, lv, unit, &(*w)[*n - 1], err);
		if (r)
			return r;
		for (size_t j = 0; j < p->ks->n_logvols && &p->ks->logvols[j] < lv; j++)
			if (str_eq(p->ks->logvols[j].name, lv->name) &&
			    str_eq(p->ks->logvols[j].vgname, lv->vgname))
				return plan_input(err, &lv->at, lv->name,
						  "this logical volume is asked for twice");
	}
	return 0;
}

static int add_lv(struct planner *p, struct disk_vg_plan *vg, const struct lv_want *w, uint64_t unit,
		  struct err *err)
{
	const struct disk_type *type = w->hold.type;
	auto_free char *node = disk_lv_path(vg->name, w->name);
	struct disk_dev dev = { .node = arena_strdup(&p->plan->arena, node) };
	struct disk_lv_plan *lv;
	uint64_t size_mib = w->g.size * unit;

	if (!size_mib || (type && size_mib < type->min_mib))
		return err_set(err, ERR_DISK_FS_SMALL, "%s:%u: %s: gets %llu MiB, and %s needs at least %llu",
			       w->ks->at.file, w->ks->at.line, w->name, (unsigned long long)size_mib,
			       type ? type->name : "a thin pool",
			       type ? (unsigned long long)type->min_mib : unit);
	lv = arena_push(&p->plan->arena, &vg->lvs, &vg->n_lvs, sizeof(*lv));
	*lv = (struct disk_lv_plan){ .name = w->name, .size_mib = size_mib, .holds = w->hold.holds };
	if (w->ks->thin)
		lv->pool = w->ks->poolname;
	if (w->ks->thinpool) {
		lv->metadata_mib = w->metadata * unit;
		lv->chunk_kib = w->ks->chunksize_kib > 0 ? (unsigned)w->ks->chunksize_kib : THIN_CHUNK_KIB;
		if (lv->chunk_kib < 64 || lv->chunk_kib > 1048576 || lv->chunk_kib % 64)
			return plan_input(err, &w->ks->at, "--chunksize",
					  "%u KiB is no multiple of 64 from 64 to 1048576", lv->chunk_kib);
		return 0;
	}
	return plan_use(p, dev, size_mib, &w->hold, err);
}

/* Thin volumes: sizes are promises, yet none is larger than its pool. One that grows is as large as the pool.
 */
static int add_thin(struct planner *p, struct disk_vg_plan *vg, struct lv_want *w, uint64_t unit,
		    struct err *err)
{
	const struct disk_lv_plan *pool = NULL;

	for (size_t i = 0; i < vg->n_lvs; i++)
		if (str_eq(vg->lvs[i].name, w->ks->poolname) && vg->lvs[i].metadata_mib)
			pool = &vg->lvs[i];
	if (!pool)
		return plan_input(err, &w->ks->at, w->ks->poolname,
				  "no logvol --thinpool makes this pool in %s", vg->name);
	if (w->percent)
		w->g.size = pool->size_mib / unit * w->percent / 100;
	else if (w->ks->grow)
		w->g.size = w->g.max ? MIN(w->g.max, pool->size_mib / unit) : pool->size_mib / unit;
	if (w->g.size > pool->size_mib / unit)
		return plan_input(err, &w->ks->at, w->name, "is larger than its pool, which has %llu MiB",
				  (unsigned long long)pool->size_mib);
	return add_lv(p, vg, w, unit, err);
}

static int lvs(struct planner *p, const struct ks_volgroup *ks, struct disk_vg_plan *vg, uint64_t room,
	       uint64_t unit, struct err *err)
{
	struct lv_want *w = NULL, *thin = NULL;
	uint64_t reserved = 0, spare = 0, metadata;
	size_t n = 0, n_thin = 0;
	int r = lv_collect(p, ks, unit, false, &w, &n, err);

	if (!r)
		r = lv_collect(p, ks, unit, true, &thin, &n_thin, err);
	if (r)
		return r;
	if (ks->reserved_space > 0)
		reserved = ((uint64_t)ks->reserved_space + unit - 1) / unit;
	else if (ks->reserved_percent > 0)
		reserved = room * (uint64_t)MIN(ks->reserved_percent, (int64_t)100) / 100;
	metadata = pool_metadata(w, n, room, unit);
	if (metadata > room)
		return plan_input(err, &ks->at, ks->name, "has no room for the metadata of its thin pools");
	r = lv_grow(ks, w, n, room - metadata, unit, reserved, &spare, err);
	for (size_t i = 0; !r && i < n; i++)
		if (add_lv(p, vg, &w[i], unit, err))
			plan_wrong(p, err);
	for (size_t i = 0; !r && i < n_thin; i++)
		if (add_thin(p, vg, &thin[i], unit, err))
			plan_wrong(p, err);
	vg->free_mib = spare * unit;
	return r;
}

/* New volumes in the free room of a group that exists. */
static int more_lvs(struct planner *p, const struct ks_volgroup *ks, struct err *err)
{
	for (size_t v = 0; v < p->plan->n_vgs; v++) {
		struct disk_vg_plan *vg = &p->plan->vgs[v];
		uint64_t unit = MAX(vg->pesize_kib / 1024, (uint64_t)1);

		if (str_eq(vg->name, ks->name))
			return lvs(p, ks, vg, vg->free_mib / unit, unit, err);
	}
	return 0;
}

static int vg(struct planner *p, const struct ks_volgroup *ks, struct err *err)
{
	uint64_t pe = ks->pesize_kib > 0 ? (uint64_t)ks->pesize_kib : PE_KIB;
	uint64_t unit = MAX(pe / 1024, (uint64_t)1);
	uint64_t room = 0;
	struct disk_vg_plan *v;
	struct disk_dev *devs;
	int r = plan_check_vg(ks, err);

	for (size_t i = 0; !r && i < p->plan->n_vgs; i++)
		if (str_eq(p->plan->vgs[i].name, ks->name))
			r = plan_input(err, &ks->at, ks->name, "this volume group is asked for twice");
	if (!r)
		r = plan_take(p, &ks->at, ks->pvs.v, ks->pvs.n, "physical volume", &devs, err);
	if (r)
		return r;
	v = arena_push(&p->plan->arena, &p->plan->vgs, &p->plan->n_vgs, sizeof(*v));
	v->name = ks->name;
	v->pvs = ks->pvs.v;
	v->devs = devs;
	v->n_devs = ks->pvs.n;
	v->pesize_kib = pe;
	/* Extents start 1 MiB into a PV: apply sees to it that no alignment to the device's moves that. */
	for (const char **s = v->pvs; *s; s++)
		room += (plan_member(p, *s)->size_mib - 1) / unit;
	return lvs(p, ks, v, room, unit, err);
}

int plan_lvm(struct planner *p, struct err *err)
{
	const struct ks *ks = p->ks;

	for (size_t i = 0; i < ks->n_volgroups; i++)
		if ((ks->volgroups[i].useexisting || ks->volgroups[i].noformat ? more_lvs : vg)(
			    p, &ks->volgroups[i], err))
			plan_wrong(p, err);
	for (size_t i = 0; !p->wrong.code && i < ks->n_logvols; i++) {
		const struct ks_logvol *lv = &ks->logvols[i];
		bool found = false;

		for (size_t v = 0; v < p->plan->n_vgs; v++)
			found = found || str_eq(lv->vgname, p->plan->vgs[v].name);
		if (!found && plan_input(err, &lv->at, lv->vgname ? lv->vgname : "--vgname",
					 "no volgroup line makes this volume group"))
			plan_wrong(p, err);
	}
	return 0;
}
