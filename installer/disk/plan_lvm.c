/* Volume groups and logical volumes. */
#include <ctype.h>

#include "base/util.h"
#include "installer/disk/grow.h"
#include "installer/disk/plan.h"

#define PE_KIB     4096 /* LVM's default */
#define PE_KIB_MIN 128
#define PE_KIB_MAX (16u << 20)

/* What an LV is made of, in units of one extent (of 1 MiB where extents are smaller). */
struct lv_want {
	const struct ks_logvol *ks;
	const struct disk_type *type;
	const char *name;
	struct grow g;
	uint64_t percent;
};

/* lvm(8), VALID NAMES. */
static bool name_ok(const char *s)
{
	size_t n = s ? strlen(s) : 0;

	if (!n || n > 127 || s[0] == '-' || str_eq(s, ".") || str_eq(s, ".."))
		return false;
	for (; *s; s++)
		if (!isalnum((unsigned char)*s) && !strchr("+_.-", *s))
			return false;
	return true;
}

static const struct disk_part_plan *pv_part(const struct planner *p, const char *pv)
{
	for (size_t d = 0; d < p->plan->n_disks; d++)
		for (size_t i = 0; i < p->plan->disks[d].n_parts; i++)
			if (str_eq(p->plan->disks[d].parts[i].pv, pv))
				return &p->plan->disks[d].parts[i];
	return NULL;
}

static bool pv_used(const struct planner *p, const char *pv)
{
	for (size_t v = 0; v < p->plan->n_vgs; v++)
		for (const char **s = p->plan->vgs[v].pvs; s && *s; s++)
			if (str_eq(*s, pv))
				return true;
	return false;
}

static int vg_check(const struct planner *p, const struct ks_volgroup *ks, struct err *err)
{
	uint64_t pe = ks->pesize_kib > 0 ? (uint64_t)ks->pesize_kib : PE_KIB;

	if (!name_ok(ks->name))
		return plan_input(err, &ks->at, ks->name ? ks->name : "volgroup",
				  "is no name for a volume group");
	if (ks->noformat || ks->useexisting)
		return plan_input(err, &ks->at, ks->useexisting ? "--useexisting" : "--noformat",
				  "not supported yet");
	for (size_t v = 0; v < p->plan->n_vgs; v++)
		if (str_eq(p->plan->vgs[v].name, ks->name))
			return plan_input(err, &ks->at, ks->name, "this volume group is asked for twice");
	if (pe < PE_KIB_MIN || pe > PE_KIB_MAX || (pe & (pe - 1)))
		return plan_input(err, &ks->at, "--pesize",
				  "%llu KiB is no power of two from %d KiB to %d GiB", (unsigned long long)pe,
				  PE_KIB_MIN, PE_KIB_MAX >> 20);
	if (!ks->pvs.n)
		return plan_input(err, &ks->at, ks->name, "names no physical volume (pv.N)");
	for (size_t i = 0; i < ks->pvs.n; i++) {
		if (!pv_part(p, ks->pvs.v[i]))
			return plan_input(err, &ks->at, ks->pvs.v[i],
					  "no `part` line makes this physical volume");
		for (size_t j = 0; j < i; j++)
			if (str_eq(ks->pvs.v[i], ks->pvs.v[j]))
				return plan_input(err, &ks->at, ks->pvs.v[i], "is named twice");
		if (pv_used(p, ks->pvs.v[i]))
			return plan_input(err, &ks->at, ks->pvs.v[i], "belongs to another volume group");
	}
	return 0;
}

static int lv_refuse(const struct ks_logvol *ks, struct err *err)
{
	const struct {
		bool said;
		const char *word;
	} not_yet[] = {
		{ ks->noformat, "--noformat" },   { ks->useexisting, "--useexisting" },
		{ ks->resize, "--resize" },       { ks->thinpool, "--thinpool" },
		{ ks->thin, "--thin" },           { ks->poolname, "--poolname" },
		{ ks->encrypted, "--encrypted" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(not_yet); i++)
		if (not_yet[i].said)
			return plan_input(err, &ks->at, not_yet[i].word, "not supported yet");
	return 0;
}

/* The size as it is before any growing, in units. */
static int lv_size(const struct planner *p, struct lv_want *w, uint64_t unit, struct err *err)
{
	const struct ks_logvol *ks = w->ks;
	uint64_t mib = ks->size_mib > 0 ? (uint64_t)ks->size_mib : 0;

	if (!mib && ks->recommended && str_eq(w->type->name, "swap"))
		mib = plan_swap_mib(p->facts, false);
	w->percent = ks->percent > 0 ? (uint64_t)ks->percent : 0;
	if (w->percent > 100)
		return plan_input(err, &ks->at, "--percent", "%llu is more than 100",
				  (unsigned long long)w->percent);
	if (!mib && !w->percent)
		return plan_input(err, &ks->at, w->name, "--size is missing or 0");
	w->g.size = (mib + unit - 1) / unit;
	w->g.max = ks->maxsize_mib > 0 ? (uint64_t)ks->maxsize_mib / unit : 0;
	w->g.grow = ks->grow && !w->percent;
	if (w->g.max && w->g.max < w->g.size)
		return plan_input(err, &ks->at, w->name, "--maxsize is less than the size");
	return 0;
}

static int lv_want(const struct planner *p, const struct ks_logvol *ks, uint64_t unit, struct lv_want *w,
		   struct err *err)
{
	int r = lv_refuse(ks, err);

	if (r)
		return r;
	*w = (struct lv_want){ .ks = ks, .name = ks->name };
	if (!name_ok(ks->name))
		return plan_input(err, &ks->at, ks->name ? ks->name : "--name",
				  "is no name for a logical volume");
	if (!ks->mntpoint || (ks->mntpoint[0] != '/' && !str_eq(ks->mntpoint, "swap")))
		return plan_input(err, &ks->at, ks->mntpoint ? ks->mntpoint : "logvol",
				  "is no mount point; expected /PATH or swap");
	r = plan_type(&ks->at, ks->mntpoint, ks->fstype, ks->label, &w->type, err);
	if (!r && str_eq(w->type->name, "efi"))
		r = plan_input(err, &ks->at, ks->mntpoint, "firmware cannot read a logical volume; use part");
	return r ? r : lv_size(p, w, unit, err);
}

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
			err, ERR_MACHINE,
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

static int lvs(struct planner *p, const struct ks_volgroup *ks, struct disk_vg_plan *vg, uint64_t room,
	       uint64_t unit, struct err *err)
{
	struct lv_want *w = NULL;
	uint64_t reserved = 0, spare = 0;
	size_t n = 0;
	int r;

	for (size_t i = 0; i < p->ks->n_logvols; i++) {
		if (!str_eq(p->ks->logvols[i].vgname, ks->name))
			continue;
		arena_push(&p->plan->arena, &w, &n, sizeof(*w));
		r = lv_want(p, &p->ks->logvols[i], unit, &w[n - 1], err);
		if (r)
			return r;
		for (size_t j = 0; j + 1 < n; j++)
			if (str_eq(w[j].name, w[n - 1].name))
				return plan_input(err, &w[n - 1].ks->at, w[n - 1].name,
						  "this logical volume is asked for twice");
	}
	if (ks->reserved_space > 0)
		reserved = ((uint64_t)ks->reserved_space + unit - 1) / unit;
	else if (ks->reserved_percent > 0)
		reserved = room * (uint64_t)MIN(ks->reserved_percent, (int64_t)100) / 100;
	r = lv_grow(ks, w, n, room, unit, reserved, &spare, err);
	for (size_t i = 0; !r && i < n; i++) {
		struct disk_lv_plan *lv = arena_push(&p->plan->arena, &vg->lvs, &vg->n_lvs, sizeof(*lv));

		if (!w[i].g.size || w[i].g.size * unit < w[i].type->min_mib)
			return err_set(err, ERR_MACHINE,
				       "%s:%u: %s: gets %llu MiB, and %s needs at least %llu",
				       w[i].ks->at.file, w[i].ks->at.line, w[i].name,
				       (unsigned long long)(w[i].g.size * unit), w[i].type->name,
				       (unsigned long long)w[i].type->min_mib);
		*lv = (struct disk_lv_plan){ .name = w[i].name,
					     .fstype = w[i].type->name,
					     .label = w[i].ks->label,
					     .mkfsoptions = w[i].ks->mkfsoptions,
					     .mntpoint = str_eq(w[i].type->name, "swap") ? "swap"
											 : w[i].ks->mntpoint,
					     .size_mib = w[i].g.size * unit };
	}
	vg->free_mib = spare * unit;
	return r;
}

static int vg(struct planner *p, const struct ks_volgroup *ks, struct err *err)
{
	uint64_t pe = ks->pesize_kib > 0 ? (uint64_t)ks->pesize_kib : PE_KIB;
	uint64_t unit = MAX(pe / 1024, (uint64_t)1);
	uint64_t room = 0;
	struct disk_vg_plan *v;
	int r = vg_check(p, ks, err);

	if (r)
		return r;
	v = arena_push(&p->plan->arena, &p->plan->vgs, &p->plan->n_vgs, sizeof(*v));
	v->name = ks->name;
	v->pvs = ks->pvs.v;
	v->pesize_kib = pe;
	/* Extents start 1 MiB into a PV: apply sees to it that no alignment to the device's moves that. */
	for (const char **s = v->pvs; *s; s++)
		room += (pv_part(p, *s)->size_mib - 1) / unit;
	return lvs(p, ks, v, room, unit, err);
}

int plan_lvm(struct planner *p, struct err *err)
{
	const struct ks *ks = p->ks;
	int r = 0;

	for (size_t i = 0; !r && i < ks->n_volgroups; i++)
		r = vg(p, &ks->volgroups[i], err);
	for (size_t i = 0; !r && i < p->n_wants; i++)
		if (p->wants[i].pv && !pv_used(p, p->wants[i].pv))
			r = plan_input(err, p->wants[i].at, p->wants[i].pv,
				       "no volgroup uses this physical volume");
	for (size_t i = 0; !r && i < ks->n_logvols; i++) {
		const struct ks_logvol *lv = &ks->logvols[i];
		bool found = false;

		for (size_t v = 0; v < p->plan->n_vgs; v++)
			found = found || str_eq(lv->vgname, p->plan->vgs[v].name);
		if (!found)
			r = plan_input(err, &lv->at, lv->vgname ? lv->vgname : "--vgname",
				       "no volgroup line makes this volume group");
	}
	return r;
}
