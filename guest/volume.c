#include "guest/volume.h"

#include <fcntl.h>

#include "base/util.h"

#define LVM_S 300

static int make_lv(const struct guest_plan *plan, const struct guest_host *host, const struct guest_disk *d,
		   struct guest_journal *j, struct door *door, struct err *err)
{
	const struct guest_vg *vg = guest_host_vg(host, d->vg);
	auto_free char *what = xasprintf("%s/%s", d->vg, d->lv);
	auto_run run = { .timeout_s = LVM_S };
	int r = guest_journal_add(j, "lv", what, err);

	argv_addl(&run.argv, "lvm", "lvcreate", "--yes", "--wipesignatures", "y", "-n", d->lv, "--addtag",
		  NULL);
	argv_addf(&run.argv, "xenith.guest.%s", plan->name);
	if (vg && (vg->san || vg->shared) && *host->name) {
		argv_add(&run.argv, "--addtag");
		argv_addf(&run.argv, "xenith.owner.%s", host->name);
	}
	if (vg && vg->lock)
		argv_addl(&run.argv, "-a", "ey", NULL);
	if (d->kind == GDISK_THIN) {
		argv_add(&run.argv, "-V");
		argv_addf(&run.argv, "%llum", (unsigned long long)d->size_mib);
		argv_add(&run.argv, "-T");
		argv_addf(&run.argv, "%s/%s", d->vg, d->pool);
	} else {
		argv_add(&run.argv, "-L");
		argv_addf(&run.argv, "%llum", (unsigned long long)d->size_mib);
		argv_add(&run.argv, d->vg);
	}
	return r ? r : door_run(door, &run, err);
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

int guest_volumes_make(const struct guest_plan *plan, const struct guest_host *host, struct guest_journal *j,
		       struct door *door, struct err *err)
{
	int r = 0;

	for (size_t i = 0; !r && i < plan->n_disks; i++) {
		const struct guest_disk *d = &plan->disks[i];

		if (d->kind == GDISK_LV || d->kind == GDISK_THIN)
			r = make_lv(plan, host, d, j, door, err);
		else if (d->kind == GDISK_FILE)
			r = make_file(d, j, door, err);
		else if (d->lv)
			r = guest_volume_own(host, d->vg, d->lv, door, err);
	}
	return r;
}

int guest_volume_own(const struct guest_host *host, const char *vg_name, const char *lv_name,
		     struct door *door, struct err *err)
{
	const struct guest_vg *vg = guest_host_vg(host, vg_name);
	const struct guest_lv *lv = guest_host_lv(host, vg_name, lv_name);
	const char *owner = lv ? guest_lv_owner(host, lv) : NULL;
	auto_free char *what = xasprintf("%s/%s", vg_name, lv_name);
	auto_free char *tag = xasprintf("xenith.owner.%s", host->name);

	if (!vg || !lv)
		return err_set(err, ERR_GUEST_DISK, "there is no volume %s here", what);
	if (owner)
		return err_set(err, ERR_GUEST_DISK,
			       "volume %s is host %.*s's: two owners would destroy it. If that host is off "
			       "for good: "
			       "lvchange --deltag xenith.owner.%.*s %s",
			       what, (int)strcspn(owner, ","), owner, (int)strcspn(owner, ","), owner, what);
	if (vg->lock)
		return door_runl(door, err, "lvm", "lvchange", "-a", "ey", what, NULL);
	if ((vg->san || vg->shared) && *host->name && !strstr(lv->tags, tag)) {
		int r = door_runl(door, err, "lvm", "lvchange", "--addtag", tag, what, NULL);

		if (r)
			return r;
	}
	return door_runl(door, err, "lvm", "lvchange", "-a", "y", what, NULL);
}
