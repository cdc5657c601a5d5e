/* Where the guest's disks come from: nothing that anyone has is taken, and all of it fits. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/util.h"
#include "guest/owner.h"
#include "guest/plan_priv.h"
#include "guest/xlcfg_word.h"

#define MIB (1ull << 20)

/* The guest that has a path in its configuration; NULL: none. */
static const char *user_of(const struct planner *p, const char *path)
{
	for (size_t i = 0; i < p->host->n_guests; i++) {
		const json_t *disks = json_object_get(p->host->guests[i].config, "disk"), *d;
		size_t k;

		json_array_foreach (disks, k, d) {
			const char *word = json_string_value(d);
			auto_free char *target = word ? xlcfg_disk_get(word, "target") : NULL;

			if (target && strcmp(target, path) == 0)
				return p->host->guests[i].name;
		}
	}
	return NULL;
}

/* The group that is meant where none is named: the only one, or the only one on a SAN. */
static const char *default_vg(struct planner *p, const struct guest_disk *d)
{
	const struct guest_host *h = p->host;
	const char *san = NULL;
	size_t n_san = 0;
	auto_buf names = { 0 };

	for (size_t i = 0; i < h->n_vgs; i++) {
		buf_addf(&names, "%s%s", i ? ", " : "", h->vgs[i].name);
		if (h->vgs[i].san) {
			san = h->vgs[i].name;
			n_san++;
		}
	}
	if (h->n_vgs == 1)
		return h->vgs[0].name;
	if (n_san == 1)
		return san;
	if (!h->n_vgs)
		gplan_machine(p, "--disk", "%s: there is no volume group here; say file=/PATH", d->word);
	else
		gplan_wrong(p, "--disk", "%s: say which volume group: vg= one of %s", d->word,
			    buf_str(&names));
	return NULL;
}

static bool vg_usable(struct planner *p, const struct guest_disk *d, const struct guest_vg *vg)
{
	if (vg->missing && vg->missing[0]) {
		gplan_machine(p, "--disk", "%s: volume group %s lacks physical volume %s", d->word, vg->name,
			      vg->missing[0]);
		return false;
	}
	return true;
}

/* Extents that earlier disks of this plan take from the group. */
static uint64_t taken(const struct planner *p, const struct guest_vg *vg)
{
	uint64_t n = 0;

	for (size_t i = 0; i < p->plan->n_disks; i++)
		if (p->plan->disks[i].kind == GDISK_LV && str_eq(p->plan->disks[i].vg, vg->name))
			n += p->plan->disks[i].size_mib * MIB / vg->extent_bytes;
	return n;
}

static void plan_lv(struct planner *p, struct guest_disk *d)
{
	const char *name = d->vg ? d->vg : default_vg(p, d);
	const struct guest_vg *vg = name ? guest_host_vg(p->host, name) : NULL;
	const struct guest_lv *pool = d->pool && vg ? guest_host_lv(p->host, name, d->pool) : NULL;
	uint64_t extents;

	if (!name)
		return;
	if (!vg) {
		gplan_machine(p, "--disk", "%s: there is no volume group %s here", d->word, name);
		return;
	}
	if (!vg_usable(p, d, vg))
		return;
	d->vg = name;
	d->path = arena_printf(&p->plan->arena, "/dev/%s/%s", d->vg, d->lv);
	if (guest_host_lv(p->host, d->vg, d->lv))
		gplan_machine(p, "--disk", "%s: volume %s/%s is there already", d->word, d->vg, d->lv);
	if (!vg->extent_bytes)
		return;
	extents = (d->size_mib * MIB + vg->extent_bytes - 1) / vg->extent_bytes;
	d->size_mib = extents * vg->extent_bytes / MIB;
	if (d->kind == GDISK_THIN) {
		if (!pool || !pool->is_pool)
			gplan_machine(p, "--disk", "%s: there is no thin pool %s in %s", d->word, d->pool,
				      d->vg);
		else if (vg->shared)
			gplan_machine(p, "--disk",
				      "%s: a thin pool can't be used by several hosts, and %s is shared",
				      d->word, d->vg);
	} else if (extents + taken(p, vg) > vg->free_extents) {
		gplan_machine(p, "--disk", "%s: %s has %llu MiB free, and %llu are wanted", d->word, d->vg,
			      (unsigned long long)((vg->free_extents - MIN(taken(p, vg), vg->free_extents)) *
						   vg->extent_bytes / MIB),
			      (unsigned long long)d->size_mib);
	}
}

/*
 * Whether this host has a block device open for its own: mounted, swap, a part of a volume group, of md or of
 * multipath. The kernel says so of a whole disk whose partition is. `lvs --readonly` doesn't ask the kernel.
 */
static bool in_use(const char *path)
{
	struct stat st;
	auto_close int fd = -1;

	if (stat(path, &st) || !S_ISBLK(st.st_mode))
		return false;
	fd = open(path, O_RDONLY | O_EXCL | O_NONBLOCK | O_CLOEXEC);
	return fd < 0 && errno == EBUSY;
}

static void plan_existing(struct planner *p, struct guest_disk *d)
{
	auto_free char *full = path_join(p->host->root, d->path);
	const struct guest_lv *lv = NULL;
	const char *user = user_of(p, d->path), *owner;

	for (size_t i = 0; !lv && i < p->host->n_lvs; i++) {
		auto_free char *path = xasprintf("/dev/%s/%s", p->host->lvs[i].vg, p->host->lvs[i].name);

		if (strcmp(path, d->path) == 0)
			lv = &p->host->lvs[i];
	}
	if (!lv && !file_exists(full)) {
		gplan_machine(p, "--disk", "%s is not there", d->path);
		return;
	}
	if (user && !d->read_only)
		gplan_machine(p, "--disk", "%s is guest %s's", d->path, user);
	owner = lv ? guest_lv_owner(p->host, lv) : NULL;
	if (owner)
		gplan_machine(p, "--disk",
			      "%s is host %s's (its LVM tag says so); two owners would destroy it", d->path,
			      owner);
	if (((lv && lv->open) || in_use(full)) && !user && !d->read_only)
		gplan_machine(p, "--disk", "%s is in use on this host, and by no guest", d->path);
	if (lv && lv->is_pool)
		gplan_wrong(p, "--disk", "%s is a thin pool: say thin= and a size", d->path);
	if (lv)
		d->vg = lv->vg, d->lv = lv->name;
}

static void plan_file(struct planner *p, struct guest_disk *d)
{
	auto_free char *full = path_join(p->host->root, d->path);

	if (file_exists(full))
		gplan_machine(p, "--disk", "%s is there already; to use it as it is: --disk path=%s", d->path,
			      d->path);
	if (user_of(p, d->path))
		gplan_machine(p, "--disk", "%s is guest %s's", d->path, user_of(p, d->path));
}

static bool vdev_taken(const struct guest_plan *plan, const char *vdev, const struct guest_disk *not_this)
{
	for (size_t i = 0; i < plan->n_disks; i++)
		if (&plan->disks[i] != not_this && str_eq(plan->disks[i].vdev, vdev))
			return true;
	return false;
}

static void plan_vdevs(struct planner *p)
{
	struct guest_plan *plan = p->plan;

	for (size_t i = 0; i < plan->n_disks; i++) {
		struct guest_disk *d = &plan->disks[i];

		if (d->vdev && vdev_taken(plan, d->vdev, d))
			gplan_wrong(p, "--disk", "%s: two disks are %s", d->word, d->vdev);
		for (char c = 'a'; !d->vdev && c <= 'z'; c++) {
			auto_free char *name = xasprintf("xvd%c", c);

			if (!vdev_taken(plan, name, d))
				d->vdev = arena_strdup(&plan->arena, name);
		}
		if (!d->vdev)
			gplan_wrong(p, "--disk", "%s: there are 26 disks at most", d->word);
	}
}

static void check_root(struct planner *p)
{
	const struct guest_disk *d = p->plan->n_disks ? &p->plan->disks[0] : NULL;

	if (!d || d->cdrom) {
		gplan_wrong(p, "--disk", "the first disk is the guest's own: --disk 20G");
		return;
	}
	if (p->spec->route == GUEST_DISK && d->kind != GDISK_EXISTING && !p->spec->iso)
		gplan_wrong(p, "--disk",
			    "%s: an empty disk does not boot: say --from TEMPLATE, --iso FILE, or path= of a "
			    "disk with a system",
			    d->word);
	if (p->spec->route != GUEST_DISK && d->read_only)
		gplan_wrong(p, "--disk", "%s: the system can't be written to a read-only disk", d->word);
	if (p->spec->root_mib && d->size_mib && d->size_mib < p->spec->root_mib)
		gplan_wrong(p, "--disk", "%s: %llu MiB are less than the %llu that the template wants",
			    d->word, (unsigned long long)d->size_mib, (unsigned long long)p->spec->root_mib);
	if ((p->spec->route == GUEST_DIRECT || p->spec->route == GUEST_IMAGE) && str_eq(d->format, "qcow2"))
		gplan_wrong(
			p, "--disk",
			"%s: a root is written to a raw volume; qcow2 is for installers and finished disks",
			d->word);
}

void gplan_disks(struct planner *p)
{
	struct guest_plan *plan = p->plan;

	for (size_t i = 0; i < p->spec->n_disks; i++) {
		struct guest_disk *d = arena_push(&plan->arena, &plan->disks, &plan->n_disks, sizeof(*d));

		*d = p->spec->disks[i];
		plan->n_disks--; /* so that it doesn't count itself */
		d->format = d->format ? d->format : "raw";
		if (!d->lv && (d->kind == GDISK_LV || d->kind == GDISK_THIN))
			d->lv = i ? arena_printf(&plan->arena, "%s-disk%zu", plan->name, i + 1) : plan->name;
		if (d->kind == GDISK_LV || d->kind == GDISK_THIN)
			plan_lv(p, d);
		else if (d->kind == GDISK_FILE)
			plan_file(p, d);
		else
			plan_existing(p, d);
		for (size_t k = 0; d->path && k < i; k++)
			if (str_eq(plan->disks[k].path, d->path))
				gplan_wrong(p, "--disk", "%s: %s is named twice", d->word, d->path);
		plan->n_disks++;
	}
	if (p->spec->iso && p->spec->route == GUEST_DISK) {
		struct guest_disk *d = arena_push(&plan->arena, &plan->disks, &plan->n_disks, sizeof(*d));

		*d = (struct guest_disk){ .kind = GDISK_EXISTING,
					  .path = p->spec->iso,
					  .format = "raw",
					  .read_only = true,
					  .cdrom = true,
					  .word = p->spec->iso };
		plan_existing(p, d);
	}
	plan_vdevs(p);
	check_root(p);
}
