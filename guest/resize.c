/* A disk larger. */
#include <sys/stat.h>

#include "base/util.h"
#include "guest/domain.h"
#include "guest/manage.h"
#include "guest/owner.h"

#define FS_S 3600

static int grow_file(void *arg, struct err *err)
{
	const struct guest_volume *v = ((void **)arg)[0];
	const uint64_t *mib = ((void **)arg)[1];

	return truncate(v->target, (off_t)(*mib << 20)) ? err_sys(err, "cannot grow %s", v->target) : 0;
}

static uint64_t size_of(const struct guest_host *host, const struct guest_volume *v)
{
	const struct guest_lv *lv = v->lv ? guest_host_lv(host, v->vg, v->lv) : NULL;
	struct stat st;

	if (lv)
		return lv->size_bytes >> 20;
	return stat(v->target, &st) ? 0 : (uint64_t)st.st_size >> 20;
}

/* A root on the whole disk grows here, where nobody has it open; what is partitioned is for the guest itself.
 */
static int grow_fs(const struct guest_volume *v, struct door *door, struct err *err)
{
	auto_buf type = { 0 };
	auto_run ask = { .out = &type, .timeout_s = FS_S };
	auto_run check = { .timeout_s = FS_S, .ok_status = 1 }; /* 1: errors were corrected */

	argv_addl(&ask.argv, "blkid", "-p", "-s", "TYPE", "-o", "value", v->target, NULL);
	if (door_run(door, &ask, NULL) || !str_starts(buf_str(&type), "ext"))
		return 0;
	argv_addl(&check.argv, "e2fsck", "-f", "-p", v->target, NULL);
	if (door_run(door, &check, err))
		return -(int)err->code;
	return door_runl(door, err, "resize2fs", v->target, NULL);
}

static int grow(const struct guest_volume *v, uint64_t size_mib, struct door *door, struct err *err)
{
	auto_free char *size = xasprintf("%llum", (unsigned long long)size_mib);
	auto_free char *bytes = xasprintf("%lluM", (unsigned long long)size_mib);
	auto_free char *what = v->lv ? xasprintf("%s/%s", v->vg, v->lv) : xasprintf("grow %s", v->target);
	void *args[] = { (void *)(uintptr_t)v, &size_mib };

	if (v->lv)
		return door_runl(door, err, "lvm", "lvextend", "-L", size, what, NULL);
	if (str_eq(v->format, "qcow2"))
		return door_runl(door, err, "qemu-img", "resize", "-q", v->target, bytes, NULL);
	return door_call(door, what, grow_file, args, err);
}

int guest_resize(const struct guest_host *host, const struct guest_known *guest, const char *vdev,
		 uint64_t size_mib, struct door *door, struct err *err)
{
	struct guest_volumes vols = { 0 };
	const struct guest_volume *v = NULL;
	struct guest_loan loan = { 0 };
	const struct guest_vg *vg;
	uint64_t now = 0;
	int r = guest_must_be_off(guest->name, "resize", err);

	guest_volumes_of(host, guest->config, &vols);
	for (size_t i = 0; i < vols.n; i++)
		if (str_eq(vols.v[i].vdev, vdev))
			v = &vols.v[i];
	if (!r && (!v || v->read_only || !v->target))
		r = err_set(err, ERR_GUEST_UNKNOWN, "guest %s has no disk %s that is its own\n", guest->name,
			    vdev);
	if (!r) {
		now = size_of(host, v);
		vg = v->lv ? guest_host_vg(host, v->vg) : NULL;
		if (size_mib <= now)
			r = err_set(err, ERR_GUEST_PLAN,
				    "%s has %llu MiB: disks are made larger, not smaller\n", v->target,
				    (unsigned long long)now);
		else if (vg && (size_mib - now) << 20 > vg->free_extents * vg->extent_bytes)
			r = err_set(err, ERR_GUEST_DISK, "%s has %llu MiB free, and %llu more are wanted",
				    vg->name, (unsigned long long)(vg->free_extents * vg->extent_bytes >> 20),
				    (unsigned long long)(size_mib - now));
	}
	if (!r)
		r = guest_borrow(host, guest, &loan, door, err);
	if (!r)
		r = grow(v, size_mib, door, err);
	if (!r && !str_eq(v->format, "qcow2"))
		r = grow_fs(v, door, err);
	guest_volumes_clear(&vols);
	return guest_give_back(&loan, r, door, err);
}
