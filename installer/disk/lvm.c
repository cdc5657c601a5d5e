/* Volume groups, through lvm(8). */
#include "installer/disk/apply.h"

#include "base/util.h"
#include "installer/disk/plan.h"

/*
 * No backups (the installer's /etc may be read-only), nothing asked of udev and no waiting for it (it may not
 * run, or lack the rules that answer), no alignment beyond the 1 MiB that the plan reckons with: lvm.conf(5).
 */
#define LVM_CONFIG                                                                                       \
	"devices{use_devicesfile=0 obtain_device_list_from_udev=0 external_device_info_source=\"none\" " \
	"hints=\"none\" data_alignment_detection=0 data_alignment_offset_detection=0} backup{backup=0 "  \
	"archive=0} activation{udev_sync=0 udev_rules=0}"

/* LVM's own check of a new pool needs a program that has nothing to find there. */
#define POOL_CONFIG " global{thin_check_executable=\"\"}"

static void lvm_words(struct run *run, const char *command, bool thin, const char *devices)
{
	argv_addl(&run->argv, "lvm", command, "--yes", "--config", thin ? LVM_CONFIG POOL_CONFIG : LVM_CONFIG,
		  "--devices", devices, NULL);
}

static int pvs_and_vg(const struct disk_vg_plan *vg, const struct argv *paths, const char *devices,
		      struct door *door, struct err *err)
{
	auto_run pv = { 0 };
	auto_run create = { 0 };
	int r;

	lvm_words(&pv, "pvcreate", false, devices);
	argv_addl(&pv.argv, "--zero", "y", NULL);
	argv_addv(&pv.argv, paths->v);
	r = door_run(door, &pv, err);
	if (r)
		return r;
	lvm_words(&create, "vgcreate", false, devices);
	argv_add(&create.argv, "--physicalextentsize");
	argv_addf(&create.argv, "%lluk", (unsigned long long)vg->pesize_kib);
	argv_add(&create.argv, vg->name);
	argv_addv(&create.argv, paths->v);
	return door_run(door, &create, err);
}

/* The volumes of a group that exists. */
static int activate(const struct disk_vg_plan *vg, const struct argv *paths, const char *devices,
		    struct door *door, struct err *err)
{
	auto_run run = { 0 };

	(void)paths;
	lvm_words(&run, "vgchange", false, devices);
	argv_addl(&run.argv, "--activate", "y", vg->name, NULL);
	return door_run(door, &run, err);
}

static int lv(const struct disk_vg_plan *vg, const struct disk_lv_plan *v, const char *devices,
	      struct door *door, struct err *err)
{
	auto_run run = { 0 };

	lvm_words(&run, "lvcreate", v->pool || v->metadata_mib, devices);
	if (v->metadata_mib) {
		argv_addl(&run.argv, "--type", "thin-pool", "--name", v->name, NULL);
		argv_addf(&run.argv, "--size=%llum", (unsigned long long)v->size_mib);
		argv_addf(&run.argv, "--poolmetadatasize=%llum", (unsigned long long)v->metadata_mib);
		argv_addf(&run.argv, "--chunksize=%uk", v->chunk_kib);
	} else if (v->pool) {
		argv_addl(&run.argv, "--type", "thin", "--name", v->name, "--thinpool", v->pool, NULL);
		argv_addf(&run.argv, "--virtualsize=%llum", (unsigned long long)v->size_mib);
	} else {
		argv_addl(&run.argv, "--wipesignatures", "y", "--zero", "y", "--name", v->name, "--size",
			  NULL);
		argv_addf(&run.argv, "%llum", (unsigned long long)v->size_mib);
	}
	argv_add(&run.argv, vg->name);
	return door_run(door, &run, err);
}

static void devices_of(const struct disk_plan *plan, const struct disk_vg_plan *vg, struct argv *paths,
		       struct buf *devices)
{
	for (size_t d = 0; d < vg->n_devs; d++) {
		auto_free char *path = disk_dev_path(plan, &vg->devs[d]);

		argv_add(paths, path);
		buf_addf(devices, "%s%s", devices->len ? "," : "", path);
	}
}

int disk_lvm_activate(const struct disk_plan *plan, struct door *door, struct err *err)
{
	int r = 0;

	for (size_t i = 0; !r && i < plan->n_vgs; i++) {
		auto_argv paths = { 0 };
		auto_buf devices = { 0 };

		devices_of(plan, &plan->vgs[i], &paths, &devices);
		if (plan->vgs[i].exists)
			r = activate(&plan->vgs[i], &paths, buf_str(&devices), door, err);
	}
	return r;
}

int disk_lvm(const struct disk_plan *plan, struct door *door, struct err *err)
{
	int r = 0;

	for (size_t i = 0; !r && i < plan->n_vgs; i++) {
		const struct disk_vg_plan *vg = &plan->vgs[i];
		auto_argv paths = { 0 };
		auto_buf devices = { 0 };

		devices_of(plan, vg, &paths, &devices);
		r = (vg->exists ? activate : pvs_and_vg)(vg, &paths, buf_str(&devices), door, err);
		for (size_t l = 0; !r && l < vg->n_lvs; l++)
			r = lv(vg, &vg->lvs[l], buf_str(&devices), door, err);
	}
	return r;
}
