/* The target's fstab and root=. */
#include "base/util.h"
#include "installer/disk/plan.h"

/* "/" first, each folder before what is mounted in it, swap last. */
static int order(const void *va, const void *vb)
{
	const struct disk_mount *a = va, *b = vb;
	bool a_swap = str_eq(a->mntpoint, "none"), b_swap = str_eq(b->mntpoint, "none");

	if (a_swap != b_swap)
		return a_swap ? 1 : -1;
	if (!a_swap)
		return strcmp(a->mntpoint, b->mntpoint);
	if (!a->device != !b->device)
		return a->device ? 1 : -1;
	if (a->device)
		return strcmp(a->device, b->device);
	return a->disk != b->disk ? (a->disk < b->disk ? -1 : 1) : (int)a->part - (int)b->part;
}

/* A path without "..", doubled or final slashes. */
static bool path_ok(const char *path)
{
	size_t n = strlen(path);

	return path[0] == '/' && (n == 1 || path[n - 1] != '/') && !strstr(path, "//") &&
	       !strstr(path, "/..") && !strpbrk(path, " \t\n\\");
}

static int add(struct planner *p, const struct ks_at *at, const char *mntpoint, const struct disk_type *type,
	       const char *options, struct disk_mount **ret, struct err *err)
{
	bool swap = str_eq(type->name, "swap");
	struct disk_mount *m;

	if (!swap && !path_ok(mntpoint))
		return plan_input(err, at, mntpoint, "is no plain absolute path");
	for (size_t i = 0; !swap && i < p->plan->n_mounts; i++)
		if (str_eq(p->plan->mounts[i].mntpoint, mntpoint))
			return plan_input(err, at, mntpoint, "this mount point is used twice");
	m = arena_push(&p->plan->arena, &p->plan->mounts, &p->plan->n_mounts, sizeof(*m));
	m->mntpoint = swap ? "none" : mntpoint;
	m->fstype = type->fs;
	m->options = options ? options : type->options;
	*ret = m;
	return 0;
}

static const struct ks_logvol *logvol(const struct ks *ks, const char *vg, const char *lv)
{
	for (size_t i = 0; i < ks->n_logvols; i++)
		if (str_eq(ks->logvols[i].vgname, vg) && str_eq(ks->logvols[i].name, lv))
			return &ks->logvols[i];
	return NULL;
}

int plan_mounts(struct planner *p, struct err *err)
{
	struct disk_plan *plan = p->plan;
	struct disk_mount *m;
	int r = 0;

	for (size_t i = 0; !r && i < p->n_wants; i++) {
		const struct part_want *w = &p->wants[i];

		if (!w->mntpoint)
			continue;
		r = add(p, w->at, w->mntpoint, w->type, w->options, &m, err);
		if (!r) {
			m->disk = w->disk;
			m->part = w->number;
		}
	}
	for (size_t v = 0; !r && v < plan->n_vgs; v++)
		for (size_t i = 0; !r && i < plan->vgs[v].n_lvs; i++) {
			const struct disk_lv_plan *lv = &plan->vgs[v].lvs[i];
			const struct ks_logvol *ks = logvol(p->ks, plan->vgs[v].name, lv->name);

			r = add(p, &ks->at, lv->mntpoint, disk_type_find(lv->fstype), ks->fsoptions, &m, err);
			if (!r) {
				auto_free char *path = disk_lv_path(plan->vgs[v].name, lv->name);

				m->device = arena_strdup(&plan->arena, path);
			}
		}
	if (r)
		return r;
	if (plan->n_mounts)
		qsort(plan->mounts, plan->n_mounts, sizeof(*plan->mounts), order);
	if (!plan->n_mounts || !str_eq(plan->mounts[0].mntpoint, "/"))
		return err_set(err, ERR_INPUT, "the kickstart file has no part or logvol for /");
	plan->root_device = plan->mounts[0].device;
	return 0;
}
