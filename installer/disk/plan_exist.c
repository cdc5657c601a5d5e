/*
 * What is there already and is used as it is: part --onpart, volgroup and logvol --useexisting, mount.
 *
 * A disk that something is used on keeps its table, and nothing new is put on it.
 */
#include "base/util.h"
#include "installer/disk/plan.h"
#include "kickstart/table.h"

#define BIOSBOOT_GUID "21686148-6449-6e6f-744e-656564454649"

/* The target of a disk that keeps its table. */
static int keep_disk(struct planner *p, const struct ks_at *at, const struct disk_facts *disk, size_t *ret,
		     struct err *err)
{
	struct disk_target *t;
	int r = plan_use_disk(p, at, disk, ret, err);

	if (r)
		return r;
	t = &p->plan->disks[*ret];
	if (plan_cleared(p->ks, disk))
		return plan_input(
			err, at, t->id,
			"clearpart (line %u) clears this disk; name the disks to be cleared with --drives",
			p->ks->clearpart.at.line);
	if (plan_clears_some(p->ks, disk))
		return plan_input(
			err, at, t->id,
			"clearpart (line %u) takes partitions of this disk away, and one of it is used; "
			"only one of both can be done with a disk",
			p->ks->clearpart.at.line);
	t->keep = true;
	t->table = plan_content_on(disk, disk->name) ? "gpt" : "msdos";
	for (size_t i = 0; i < disk->n_contents; i++)
		if (str_eq(disk->contents[i].node, disk->name))
			t->table = str_eq(disk->contents[i].type, "dos") ? "msdos" : "gpt";
	for (size_t i = 0; i < disk->n_parts; i++)
		t->biosboot = t->biosboot ||
			      (disk->parts[i].type && !strcasecmp(disk->parts[i].type, BIOSBOOT_GUID));
	return 0;
}

/* The group with its disks; it is made available before its volumes are. */
static int keep_vg(struct planner *p, const struct ks_at *at, const struct vg_facts *vg,
		   struct disk_vg_plan **ret, struct err *err)
{
	struct disk_plan *plan = p->plan;
	struct disk_vg_plan *v;

	for (size_t i = 0; i < plan->n_vgs; i++)
		if (str_eq(plan->vgs[i].name, vg->name)) {
			*ret = &plan->vgs[i];
			return 0;
		}
	v = arena_push(&plan->arena, &plan->vgs, &plan->n_vgs, sizeof(*v));
	*v = (struct disk_vg_plan){ .name = vg->name,
				    .exists = true,
				    .pesize_kib = vg->extent_bytes / 1024,
				    .free_mib = vg->free_extents * vg->extent_bytes / MIB };
	v->pvs = arena_alloc(&plan->arena, (vg->n_pvs + 1) * sizeof(*v->pvs));
	v->devs = arena_alloc(&plan->arena, (vg->n_pvs + 1) * sizeof(*v->devs));
	for (size_t i = 0; i < vg->n_pvs; i++) {
		const struct vg_pv *pv = &vg->pvs[i];
		size_t disk;
		int r;

		if (!pv->node || !pv->disk)
			return plan_input(
				err, at, vg->name,
				"this volume group is not on partitions of this machine's disks alone");
		for (size_t d = 0; d < p->facts->n_disks; d++)
			if (str_eq(p->facts->disks[d].name, pv->disk)) {
				r = keep_disk(p, at, &p->facts->disks[d], &disk, err);
				if (r)
					return r;
			}
		v->pvs[i] = pv->node;
		v->devs[i].node = arena_printf(&plan->arena, "/dev/%s", pv->node);
		v->n_devs++;
	}
	*ret = v;
	return 0;
}

/* The type of what is there, by mount(8)'s name for it. */
static const struct disk_type *type_there(const struct found *f, const char *mntpoint)
{
	const struct disk_content *c = plan_content_of(f);

	return c ? disk_type_find(str_eq(c->type, "vfat") && str_eq(mntpoint, "/boot/efi") ? "efi" : c->type)
		 : NULL;
}

/* "ext4 \"old\"", for people. */
static const char *was(const struct planner *p, const struct found *f)
{
	const struct disk_content *c = plan_content_of(f);
	auto_buf b = { 0 };

	if (!c)
		return NULL;
	disk_content_print(c, &b);
	return arena_strdup(&p->plan->arena, buf_str(&b));
}

/* Note that it is used; formatted anew unless noformat. */
static int reuse(struct planner *p, const struct found *f, struct plan_hold *hold, bool noformat,
		 struct err *err)
{
	struct reuse *u;
	struct disk_dev dev = { .part = f->number };
	struct disk_vg_plan *vg;
	int r;

	if (noformat && hold->type) {
		hold->type = type_there(f, hold->holds.mntpoint);
		if (!hold->type)
			return plan_input(err, hold->at, hold->holds.mntpoint,
					  "what is there is no file system that is known here; leave out "
					  "--noformat, or say --reformat");
		if (hold->holds.luks)
			return plan_input(err, hold->at, "--encrypted", "contradicts --noformat");
		hold->holds.fstype = hold->type->name;
	}
	if (f->lv) {
		auto_free char *node = disk_lv_path(f->vg->name, f->lv->name);

		r = keep_vg(p, hold->at, f->vg, &vg, err);
		dev.node = arena_strdup(&p->plan->arena, node);
	} else {
		r = keep_disk(p, hold->at, f->disk, &dev.disk, err);
	}
	if (r)
		return r;
	u = arena_push(&p->plan->arena, &p->reuses, &p->n_reuses, sizeof(*u));
	*u = (struct reuse){ *hold, dev, f->size_bytes / MIB, was(p, f) };
	u->hold.noformat = noformat;
	return 0;
}

static struct plan_ask ask_of_part(const struct ks_part *part)
{
	return (struct plan_ask){ .at = &part->at,
				  .mntpoint = part->mntpoint,
				  .fstype = part->fstype,
				  .fsoptions = part->fsoptions,
				  .mkfsoptions = part->mkfsoptions,
				  .fsprofile = part->fsprofile,
				  .label = part->label,
				  .encrypted = part->encrypted,
				  .passphrase = part->passphrase,
				  .luks = &part->luks };
}

static int onpart(struct planner *p, const struct ks_part *part, struct err *err)
{
	struct plan_ask ask = ask_of_part(part);
	struct plan_hold hold = { .at = &part->at };
	struct found f;
	size_t disk;
	int r;

	if (part->resize)
		return plan_input(err, &part->at, "--resize",
				  "file systems are not resized here; do it before the install");
	r = plan_find(p, &part->at, part->onpart, &f, err);
	if (!r && str_eq(part->mntpoint, "biosboot"))
		return f.disk ? keep_disk(p, &part->at, f.disk, &disk, err) : 0;
	if (!r)
		r = plan_hold(p, &ask, &hold, err);
	return r ? r : reuse(p, &f, &hold, part->noformat, err);
}

static int useexisting(struct planner *p, const struct ks_logvol *lv, struct err *err)
{
	const struct plan_ask ask = { .at = &lv->at,
				      .mntpoint = lv->mntpoint,
				      .fstype = lv->fstype,
				      .fsoptions = lv->fsoptions,
				      .mkfsoptions = lv->mkfsoptions,
				      .fsprofile = lv->fsprofile,
				      .label = lv->label,
				      .encrypted = lv->encrypted,
				      .passphrase = lv->passphrase,
				      .luks = &lv->luks };
	auto_free char *name = xasprintf("/dev/%s/%s", lv->vgname, lv->name);
	struct plan_hold hold;
	struct found f;
	int r;

	if (lv->resize)
		return plan_input(err, &lv->at, "--resize",
				  "volumes are not resized here; do it before the install");
	r = plan_find(p, &lv->at, name, &f, err);
	if (!r)
		r = plan_hold(p, &ask, &hold, err);
	if (!r)
		hold.on_lv = true;
	return r ? r : reuse(p, &f, &hold, lv->noformat, err);
}

/* "mount DEVICE none --reformat" formats and mounts nothing; that is no use for a host, and is refused. */
static int mount_line(struct planner *p, const struct ks_other *o, struct err *err)
{
	static const struct ks_luks no_luks;
	const char *where = ks_other_word(o, "MNTPOINT"), *device = ks_other_word(o, "DEVICE");
	const char *type = ks_other_word(o, "--reformat");
	struct plan_ask ask = { .at = &o->at,
				.mntpoint = where,
				.fsoptions = ks_other_word(o, "--mountoptions"),
				.mkfsoptions = ks_other_word(o, "--mkfsoptions"),
				.luks = &no_luks };
	struct plan_hold hold;
	struct found f;
	int r = plan_find(p, &o->at, device, &f, err);

	if (r)
		return r;
	if (str_eq(where, "none"))
		ask.mntpoint = "swap";
	if (str_eq(where, "none") &&
	    !(type_there(&f, where) && str_eq(type_there(&f, where)->name, "swap")) && !str_eq(type, "swap"))
		return plan_input(err, &o->at, device, "is no swap, and \"none\" mounts nothing else");
	if (type && *type)
		ask.fstype = type;
	else if (type_there(&f, where))
		ask.fstype = type_there(&f, where)->name;
	r = plan_hold(p, &ask, &hold, err);
	if (!r)
		hold.on_lv = f.lv != NULL;
	return r ? r : reuse(p, &f, &hold, !type, err);
}

/* A group that exists: its disks are kept, and plan_lvm puts new volumes into its free room. */
static int existing_vg(struct planner *p, const struct ks_volgroup *ks, struct err *err)
{
	struct disk_vg_plan *vg;

	for (size_t v = 0; v < p->facts->n_vgs; v++)
		if (str_eq(p->facts->vgs[v].name, ks->name))
			return keep_vg(p, &ks->at, &p->facts->vgs[v], &vg, err);
	return plan_input(err, &ks->at, ks->name,
			  "this machine has no such volume group; `xenith facts` lists them");
}

/* Noted, and the step ends behind the other lines. */
static int failed(struct planner *p, int r, const struct err *err)
{
	plan_wrong(p, err);
	return r;
}

int plan_exist(struct planner *p, struct err *err)
{
	const struct ks *ks = p->ks;
	int r = 0, line;

	for (size_t i = 0; i < ks->n_parts; i++)
		if (ks->parts[i].onpart && (line = onpart(p, &ks->parts[i], err)))
			r = failed(p, line, err);
	for (size_t i = 0; i < ks->n_volgroups; i++)
		if ((ks->volgroups[i].useexisting || ks->volgroups[i].noformat) &&
		    (line = existing_vg(p, &ks->volgroups[i], err)))
			r = failed(p, line, err);
	for (size_t i = 0; i < ks->n_logvols; i++)
		if ((ks->logvols[i].useexisting || ks->logvols[i].noformat) &&
		    (line = useexisting(p, &ks->logvols[i], err)))
			r = failed(p, line, err);
	for (size_t i = 0; i < ks->n_others; i++)
		if (str_eq(ks->others[i].cmd->name, "mount") && (line = mount_line(p, &ks->others[i], err)))
			r = failed(p, line, err);
	return r;
}

int plan_use_existing(struct planner *p, struct err *err)
{
	int r = 0;

	for (size_t i = 0; !r && i < p->n_reuses; i++) {
		const struct reuse *u = &p->reuses[i];

		*(struct disk_use *)arena_push(&p->plan->arena, &p->plan->uses, &p->plan->n_uses,
					       sizeof(*p->plan->uses)) =
			(struct disk_use){ u->dev, u->hold.noformat, u->was, u->hold.holds };
		r = plan_use(p, u->dev, u->size_mib, &u->hold, err);
	}
	return r;
}
