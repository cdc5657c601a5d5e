#include "guest/volume.h"

#include <fcntl.h>

#include "base/util.h"
#include "guest/owner.h"

#define LVM_S 300

/* lvcreate(8) knows no --setautoactivation for thin volumes; and their pool is active with the first of them.
 */
static int keep_inactive(const struct guest_lv_new *new, struct door *door, struct err *err)
{
	auto_free char *lv = xasprintf("%s/%s", new->vg, new->lv);
	auto_free char *pool = xasprintf("%s/%s", new->vg, new->pool);

	return door_runl_for(door, LVM_S, err, "lvm", "lvchange", "--setautoactivation", "n", lv, pool, NULL);
}

int guest_lv_make(const struct guest_host *host, const struct guest_lv_new *new, struct guest_journal *j,
		  struct door *door, struct err *err)
{
	const struct guest_vg *vg = guest_host_vg(host, new->vg);
	auto_free char *what = xasprintf("%s/%s", new->vg, new->lv);
	auto_run run = { .timeout_s = LVM_S };
	int r = guest_journal_add(j, "lv", what, err);

	argv_addl(&run.argv, "lvm", "lvcreate", "--yes", "-n", new->lv, "--addtag", NULL);
	argv_addf(&run.argv, "xenith.guest.%s", new->guest);
	if (guest_vg_tagged(host, vg)) {
		argv_add(&run.argv, "--addtag");
		argv_addf(&run.argv, "xenith.owner.%s", host->name);
	}
	if (guest_vg_elsewhere(vg) && !new->pool)
		argv_addl(&run.argv, "--setautoactivation", "n", NULL);
	argv_addl(&run.argv, "-a", vg && vg->lock ? "ey" : "y", NULL);
	if (new->origin) {
		argv_addl(&run.argv, "-s", "-kn", NULL);
		argv_addf(&run.argv, "%s/%s", new->vg, new->origin);
	} else {
		argv_addl(&run.argv, "--wipesignatures", "y", new->pool ? "-V" : "-L", NULL);
		argv_addf(&run.argv, "%llub", (unsigned long long)new->bytes);
		if (new->pool)
			argv_addf(&run.argv, "--thinpool=%s", new->pool);
		argv_add(&run.argv, new->vg);
	}
	if (!r)
		r = door_run(door, &run, err);
	return r || !new->pool || !guest_vg_elsewhere(vg) ? r : keep_inactive(new, door, err);
}

struct sparse {
	const char *path;
	uint64_t bytes;
};

static int make_sparse(void *arg, struct err *err)
{
	const struct sparse *s = arg;
	auto_close int fd = open(s->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0 || ftruncate(fd, (off_t)s->bytes) || fsync(fd))
		return err_sys(err, "cannot make %s", s->path);
	return 0;
}

static int make_file(const struct guest_disk *d, struct guest_journal *j, struct door *door, struct err *err)
{
	struct sparse sparse = { d->path, d->size_mib << 20 };
	auto_free char *what = xasprintf("make %s of %llu MiB", d->path, (unsigned long long)d->size_mib);
	auto_free char *size = xasprintf("%lluM", (unsigned long long)d->size_mib);
	int r = guest_journal_add(j, "file", d->path, err);

	if (r)
		return r;
	if (str_eq(d->format, "qcow2"))
		return door_runl(door, err, "qemu-img", "create", "-q", "-f", "qcow2", d->path, size, NULL);
	return door_call(door, what, make_sparse, &sparse, err);
}

static int make_one(const struct guest_plan *plan, const struct guest_host *host, const struct guest_disk *d,
		    struct guest_journal *j, struct door *door, struct err *err)
{
	struct guest_lv_new new = {
		.guest = plan->name, .vg = d->vg, .lv = d->lv, .bytes = d->size_mib << 20, .pool = d->pool
	};
	auto_free char *what = d->lv ? xasprintf("%s/%s", d->vg, d->lv) : NULL;
	auto_argv own = { 0 };

	if (d->kind == GDISK_FILE)
		return make_file(d, j, door, err);
	if (d->kind == GDISK_LV || d->kind == GDISK_THIN)
		return guest_lv_make(host, &new, j, door, err);
	if (!what)
		return 0;
	if (d->read_only)
		return guest_own_shared(host, what, door, err);
	argv_add(&own, what);
	return guest_own(host, &own, door, err);
}

int guest_volumes_make(const struct guest_plan *plan, const struct guest_host *host, struct guest_journal *j,
		       struct door *door, struct err *err)
{
	auto_argv lvs = { 0 };
	int r = 0;

	for (size_t i = 0; !r && i < plan->n_disks; i++)
		r = make_one(plan, host, &plan->disks[i], j, door, err);
	guest_plan_lvs(plan, &lvs);
	return r ? r : guest_own_confirm(host, &lvs, door, err);
}

void guest_plan_lvs(const struct guest_plan *plan, struct argv *ret)
{
	for (size_t i = 0; i < plan->n_disks; i++)
		if (plan->disks[i].lv && !plan->disks[i].read_only)
			argv_addf(ret, "%s/%s", plan->disks[i].vg, plan->disks[i].lv);
}
