/*
 * guard --keep-vg: the file as it was written for the first install, read for the disk that it made then.
 *
 * The lines become those that standard kickstart has for what exists: part --onpart, volgroup and logvol
 * --useexisting. The table stays, with every partition in its place; of the group, the volumes that the file
 * names are formatted anew, and all others (the guests') are never written.
 */
#include <strings.h>

#include "base/util.h"
#include "installer/disk/plan_keep.h"

static struct ks_part *push_part(struct keep *k, const struct ks_part *part, const struct disk_part *on)
{
	struct ks_part *ret = arena_push(&k->p->plan->arena, &k->ks->parts, &k->ks->n_parts, sizeof(*ret));

	*ret = *part;
	if (!on)
		return ret;
	ret->onpart = on->node;
	ret->ondisk = NULL;
	ret->grow = false;
	return ret;
}

/* The group that a line's physical volume is for; NULL: none. */
static const char *group_of(const struct ks *ks, const char *pv)
{
	for (size_t v = 0; v < ks->n_volgroups; v++)
		for (size_t i = 0; i < ks->volgroups[v].pvs.n; i++)
			if (str_eq(ks->volgroups[v].pvs.v[i], pv))
				return ks->volgroups[v].name;
	return NULL;
}

static bool on_other_disk(const struct keep *k, const struct ks_part *part)
{
	for (size_t d = 0; part->ondisk && d < k->p->facts->n_disks; d++)
		if (facts_disk_matches(&k->p->facts->disks[d], part->ondisk))
			return !keep_has_disk(k, &k->p->facts->disks[d]);
	return false;
}

static int keep_part(struct keep *k, const struct ks_part *part, struct err *err)
{
	const struct disk_part *on;

	if (str_starts(part->mntpoint, "pv.") && str_eq(group_of(k->p->ks, part->mntpoint), k->vg->name))
		return 0; /* it is there */
	if (part->onpart || on_other_disk(k, part)) {
		push_part(k, part, NULL);
		return 0;
	}
	on = keep_part_for(k, part->mntpoint, part->ondisk);
	if (!on)
		return plan_input(
			err, &part->at, part->mntpoint,
			"the disks of volume group %s have no partition, or several, that an earlier "
			"install made for this; name it with --onpart",
			k->vg->name);
	push_part(k, part, on);
	return 0;
}

/* What `reqpart` made then: of the boot loaders' places those that are there. */
static int keep_reqpart(struct keep *k, struct err *err)
{
	static const char *const mntpoints[] = { "biosboot", "/boot/efi", "/boot" };
	const struct ks_reqpart *req = &k->p->ks->reqpart;

	for (size_t i = 0; i < ARRAY_SIZE(mntpoints); i++) {
		struct ks_part part = { .at = req->at,
					.mntpoint = mntpoints[i],
					.size_mib = -1,
					.maxsize_mib = -1,
					.start = -1,
					.end = -1 };
		const struct disk_part *on = keep_part_for(k, mntpoints[i], NULL);
		bool said = false;

		for (size_t j = 0; j < k->p->ks->n_parts; j++)
			said = said || str_eq(k->p->ks->parts[j].mntpoint, mntpoints[i]);
		if (said || (i == 2 && !req->add_boot))
			continue;
		if (on)
			push_part(k, &part, on);
		else if (i == 2)
			return keep_part(k, &part, err);
	}
	k->ks->reqpart = (struct ks_reqpart){ 0 };
	return 0;
}

/* clearpart is said of the other disks alone. */
static void keep_from_clearpart(struct keep *k)
{
	const struct ks *ks = k->p->ks;
	const struct ks_list *of = ks->clearpart.drives.n ? &ks->clearpart.drives : &ks->ignoredisk.only_use;
	struct ks_list *drives = &k->ks->clearpart.drives;
	const char **names;

	if (!KS_SAID(ks->clearpart))
		return;
	names = arena_alloc(&k->p->plan->arena, (of->n + 1) * sizeof(*names));
	*drives = (struct ks_list){ names, 0 };
	for (size_t i = 0; i < of->n; i++) {
		bool kept = false;

		for (size_t d = 0; d < k->p->facts->n_disks; d++)
			kept = kept || (facts_disk_matches(&k->p->facts->disks[d], of->v[i]) &&
					keep_has_disk(k, &k->p->facts->disks[d]));
		if (!kept)
			names[drives->n++] = of->v[i];
	}
	if (!drives->n)
		k->ks->clearpart = (struct ks_clearpart){ 0 };
}

static int keep_logvol(struct keep *k, struct ks_logvol *lv, struct err *err)
{
	for (size_t i = 0; i < k->vg->n_lvs; i++) {
		const struct vg_lv *there = &k->vg->lvs[i];

		if (!str_eq(there->name, lv->name))
			continue;
		for (size_t c = 0; !lv->noformat && c < there->n_contents; c++)
			if (there->contents[c].inside || str_eq(there->contents[c].type, "gpt") ||
			    str_eq(there->contents[c].type, "dos"))
				return plan_input(
					err, &lv->at, lv->name,
					"holds a guest's disk, which would be formatted; give the host's "
					"volume another name");
		lv->useexisting = true;
		lv->grow = false;
		lv->percent = -1;
	}
	return 0;
}

static int keep_volumes(struct keep *k, struct err *err)
{
	struct arena *a = &k->p->plan->arena;
	const struct ks *ks = k->p->ks;
	int r = 0;

	k->ks->volgroups = arena_alloc(a, (ks->n_volgroups + 1) * sizeof(*ks->volgroups));
	k->ks->logvols = arena_alloc(a, (ks->n_logvols + 1) * sizeof(*ks->logvols));
	for (size_t i = 0; i < ks->n_volgroups; i++) {
		k->ks->volgroups[i] = ks->volgroups[i];
		if (!str_eq(ks->volgroups[i].name, k->vg->name))
			continue;
		k->ks->volgroups[i].useexisting = true;
		k->ks->volgroups[i].pvs = (struct ks_list){ 0 };
	}
	for (size_t i = 0; !r && i < ks->n_logvols; i++) {
		k->ks->logvols[i] = ks->logvols[i];
		if (str_eq(ks->logvols[i].vgname, k->vg->name))
			r = keep_logvol(k, &k->ks->logvols[i], err);
	}
	return r;
}

/* A disk that the file may use and that holds a part of the group: else the group is out of its reach anyway.
 */
static bool in_reach(const struct keep *k)
{
	const struct ks_list *only = &k->p->ks->ignoredisk.only_use;

	for (size_t d = 0; d < k->p->facts->n_disks; d++) {
		if (!keep_has_disk(k, &k->p->facts->disks[d]))
			continue;
		for (size_t i = 0; i < only->n; i++)
			if (facts_disk_matches(&k->p->facts->disks[d], only->v[i]))
				return true;
		if (!only->n)
			return true;
	}
	return false;
}

int plan_keep(struct planner *p, struct err *err)
{
	struct keep k = { .p = p };
	int r;

	if (!p->ks->guard.keep_vg)
		return 0;
	r = keep_find_group(&k, err);
	if (r || !in_reach(&k))
		return r;
	k.ks = arena_alloc(&p->plan->arena, sizeof(*k.ks));
	*k.ks = *p->ks;
	k.ks->parts = NULL;
	k.ks->n_parts = 0;
	for (size_t i = 0; !r && i < p->ks->n_parts; i++)
		r = keep_part(&k, &p->ks->parts[i], err);
	if (!r && KS_SAID(p->ks->reqpart))
		r = keep_reqpart(&k, err);
	if (!r)
		r = keep_volumes(&k, err);
	keep_from_clearpart(&k);
	if (!r)
		p->ks = k.ks;
	return r;
}
