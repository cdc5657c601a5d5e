/* Snapshots of a guest's LVs: thin ones cost nothing, thick ones take room for what changes. */
#include "base/util.h"
#include "guest/domain.h"
#include "guest/manage.h"
#include "guest/owner.h"

#define XL_S       120
#define MERGE_S    86400
#define DEFAULT_PC 20 /* percent of the origin, for a thick one */

static int each_lv(const struct guest_host *host, const struct guest_known *guest, const char *what,
		   struct guest_volumes *vols, struct err *err)
{
	size_t n = 0;

	guest_volumes_of(host, guest->config, vols);
	for (size_t i = 0; i < vols->n; i++) {
		if (vols->v[i].read_only)
			continue;
		if (!vols->v[i].lv)
			return err_set(err, ERR_GUEST_DISK,
				       "guest %s: %s is no logical volume, so it has no %s", guest->name,
				       vols->v[i].target ? vols->v[i].target : vols->v[i].word, what);
		n++;
	}
	return n ? 0 : err_set(err, ERR_GUEST_DISK, "guest %s has no volume of its own", guest->name);
}

static int check_label(const char *label, struct err *err)
{
	return guest_name_ok(label)
		       ? 0
		       : err_set(err, ERR_USAGE, "\"%s\" is no label: letters, digits, . _ and -", label);
}

static int make_one(const struct guest_host *host, const struct guest_volume *v, const char *label,
		    uint64_t size_mib, struct door *door, struct err *err)
{
	const struct guest_lv *lv = guest_host_lv(host, v->vg, v->lv);
	auto_run run = { .timeout_s = XL_S };

	argv_addl(&run.argv, "lvm", "lvcreate", "--yes", "-s", "-n", NULL);
	argv_addf(&run.argv, "%s" GUEST_SNAP_INFIX "%s", v->lv, label);
	if (lv && !lv->pool) {
		uint64_t mib = size_mib ? size_mib : (lv->size_bytes >> 20) * DEFAULT_PC / 100 + 4;

		argv_add(&run.argv, "-L");
		argv_addf(&run.argv, "%llum", (unsigned long long)mib);
	} else {
		/* One that is active keeps its pool here. */
		argv_addl(&run.argv, "-kn", guest_vg_elsewhere(guest_host_vg(host, v->vg)) ? "-an" : "-ay",
			  NULL);
	}
	argv_addf(&run.argv, "%s/%s", v->vg, v->lv);
	return door_run(door, &run, err);
}

static int drop_one(const struct guest_volume *v, const char *label, struct door *door, struct err *err)
{
	auto_free char *what = xasprintf("%s/%s" GUEST_SNAP_INFIX "%s", v->vg, v->lv, label);

	return door_runl(door, err, "lvm", "lvremove", "--yes", "-f", what, NULL);
}

static bool has_snapshot(const struct guest_host *host, const struct guest_volume *v, const char *label)
{
	auto_free char *name = xasprintf("%s" GUEST_SNAP_INFIX "%s", v->lv, label);

	return guest_host_lv(host, v->vg, name) != NULL;
}

int guest_snapshot(const struct guest_host *host, const struct guest_known *guest, const char *label,
		   uint64_t size_mib, struct door *door, struct err *err)
{
	struct guest_volumes vols = { 0 };
	struct domain_info info = { 0 };
	struct guest_loan loan = { 0 };
	size_t made = 0;
	bool paused = false;
	int r = check_label(label, err);

	if (!r)
		r = each_lv(host, guest, "snapshot", &vols, err);
	for (size_t i = 0; !r && i < vols.n; i++)
		if (vols.v[i].lv && has_snapshot(host, &vols.v[i], label))
			r = err_set(err, ERR_GUEST_THERE, "guest %s has a snapshot %s already", guest->name,
				    label);
	if (!r)
		r = domain_info(guest->name, &info, err);
	if (!r)
		r = guest_borrow(host, guest, &loan, door, err);
	/* All volumes at one moment. */
	if (!r && info.state == DOMAIN_RUNS) {
		r = domain_pause(guest->name, true, door, err);
		paused = !r;
	}
	for (; !r && made < vols.n; made++)
		if (!vols.v[made].read_only)
			r = make_one(host, &vols.v[made], label, size_mib, door, err);
	if (paused)
		domain_pause(guest->name, false, door, NULL);
	for (size_t i = 0; r && i + 1 < made; i++)
		if (!vols.v[i].read_only)
			drop_one(&vols.v[i], label, door, NULL);
	guest_volumes_clear(&vols);
	return guest_give_back(&loan, r, door, err);
}

void guest_snapshot_list(const struct guest_host *host, const struct guest_known *guest, struct argv *ret)
{
	struct guest_volumes vols = { 0 };

	guest_volumes_of(host, guest->config, &vols);
	for (size_t i = 0; i < vols.n; i++) {
		auto_free char *prefix = vols.v[i].lv ? xasprintf("%s" GUEST_SNAP_INFIX, vols.v[i].lv) : NULL;

		for (size_t k = 0; prefix && k < host->n_lvs; k++)
			if (str_eq(host->lvs[k].vg, vols.v[i].vg) && str_starts(host->lvs[k].name, prefix))
				argv_add(ret, host->lvs[k].name + strlen(prefix));
	}
	argv_sort_unique(ret);
	guest_volumes_clear(&vols);
}

int guest_snapshot_drop(const struct guest_host *host, const struct guest_known *guest, const char *label,
			struct door *door, struct err *err)
{
	struct guest_volumes vols = { 0 };
	struct guest_loan loan = { 0 };
	int r = each_lv(host, guest, "snapshot", &vols, err);
	bool found = false;

	if (!r)
		r = guest_borrow(host, guest, &loan, door, err);
	for (size_t i = 0; !r && i < vols.n; i++)
		if (vols.v[i].lv && has_snapshot(host, &vols.v[i], label)) {
			found = true;
			r = drop_one(&vols.v[i], label, door, err);
		}
	if (!r && !found)
		r = err_set(err, ERR_GUEST_UNKNOWN, "guest %s has no snapshot %s\n", guest->name, label);
	guest_volumes_clear(&vols);
	return guest_give_back(&loan, r, door, err);
}

int guest_revert(const struct guest_host *host, const struct guest_known *guest, const char *label,
		 struct door *door, struct err *err)
{
	struct guest_volumes vols = { 0 };
	struct guest_loan loan = { 0 };
	int r = each_lv(host, guest, "snapshot", &vols, err);

	for (size_t i = 0; !r && i < vols.n; i++)
		if (!vols.v[i].read_only && !has_snapshot(host, &vols.v[i], label))
			r = err_set(err, ERR_GUEST_UNKNOWN, "guest %s has no snapshot %s\n", guest->name,
				    label);
	if (!r)
		r = guest_must_be_off(guest->name, "revert", err);
	if (!r)
		r = guest_borrow(host, guest, &loan, door, err);
	for (size_t i = 0; !r && i < vols.n; i++) {
		auto_free char *snap =
			xasprintf("%s/%s" GUEST_SNAP_INFIX "%s", vols.v[i].vg, vols.v[i].lv, label);

		if (!vols.v[i].read_only)
			r = door_runl_for(door, MERGE_S, err, "lvm", "lvconvert", "--yes", "--merge", snap,
					  NULL);
	}
	guest_volumes_clear(&vols);
	return guest_give_back(&loan, r, door, err);
}
