#include "installer/target/san.h"

#include "base/file.h"
#include "base/util.h"
#include "installer/target/chroot.h"

/* initramfs-tools(7), HOOK SCRIPTS. multipath-tools-boot's own hook is there only with root on a LUN. */
static const char hook[] = "#!/bin/sh\n"
			   "# Written by xenith: LVM in the initramfs must know which disks are paths, too.\n"
			   "[ \"${1-}\" = prereqs ] && exit 0\n"
			   ". /usr/share/initramfs-tools/hook-functions\n"
			   "for f in /etc/multipath.conf /etc/multipath/wwids /etc/multipath/bindings "
			   "/etc/lvm/lvmlocal.conf /etc/lvm/devices/system.devices; do\n"
			   "\t[ -e \"$f\" ] || continue\n"
			   "\tmkdir -p \"$DESTDIR${f%/*}\"\n"
			   "\tcp -p \"$f\" \"$DESTDIR$f\"\n"
			   "done\n";

static const char lvmlocal[] = "# Written by xenith: LVM looks only at the devices in "
			       "/etc/lvm/devices/system.devices (lvmdevices(8)):\n"
			       "# not at the paths to a LUN, and not into guests' volumes.\n"
			       "devices {\n"
			       "\tuse_devicesfile = 1\n"
			       "}\n";

/*
 * No names but those in multipath.conf are given, yet the file must be there with its header: the initramfs'
 * multipathd -B makes none, and ends without one (multipath-tools 0.11). LVM would then take single paths.
 */
static const char bindings[] = "# Multipath bindings, Version : 1.0\n"
			       "# NOTE: this file is automatically maintained by the multipath program.\n"
			       "# You should not need to edit this file in normal circumstances.\n"
			       "#\n"
			       "# Format:\n"
			       "# alias wwid\n"
			       "#\n";

static const char *const files[] = { "etc/multipath.conf",
				     "etc/multipath/wwids",
				     "etc/multipath/bindings",
				     "etc/lvm/lvmlocal.conf",
				     "etc/lvm/devices/system.devices",
				     NULL };
/* Without a volume group there is no devices file. */
static const char *const files_no_lvm[] = { "etc/multipath.conf", "etc/multipath/wwids",
					    "etc/multipath/bindings", NULL };

/* Root's group counts, too: other hosts' LUNs may be in sight, and LVM would start what it finds on them. */
static bool has_vg(const struct mpath_plan *san, const struct disk_plan *disk)
{
	if (disk->n_vgs)
		return true;
	for (size_t i = 0; i < san->n_luns; i++)
		if (san->luns[i].vg)
			return true;
	return false;
}

const char *const *san_initramfs_files(const struct mpath_plan *san, const struct disk_plan *disk)
{
	return !san->n_luns ? NULL : has_vg(san, disk) ? files : files_no_lvm;
}

void san_packages(const struct mpath_plan *san, struct argv *want)
{
	if (san->n_luns)
		argv_addl(want, "multipath-tools", "lvm2", NULL);
	if (mpath_plan_root(san))
		argv_add(want, "multipath-tools-boot");
}

static int add_device(const char *root, const char *node, struct door *door, struct err *err)
{
	auto_run run = { .timeout_s = 300 };

	argv_addl(&run.argv, "lvm", "lvmdevices", "--yes", "--adddev", node, NULL);
	return chroot_run(door, root, &run, err);
}

/* Once the file is there, a PV that isn't in it does not exist for LVM: root's come first. */
static int devices_file(const struct mpath_plan *san, const struct disk_plan *disk, const char *root,
			struct door *door, struct err *err)
{
	int r = door_write_below(door, root, "etc/lvm/lvmlocal.conf", lvmlocal, 0644, err);

	for (size_t v = 0; !r && v < disk->n_vgs; v++)
		for (size_t i = 0; !r && i < disk->vgs[v].n_devs; i++) {
			auto_free char *node = disk_dev_path(disk, &disk->vgs[v].devs[i]);

			r = add_device(root, node, door, err);
		}
	for (size_t i = 0; !r && i < san->n_luns; i++) {
		auto_free char *node = xasprintf("/dev/mapper/%s", san->luns[i].name);

		if (san->luns[i].vg)
			r = add_device(root, node, door, err);
	}
	return r;
}

int san_apply(const struct mpath_plan *san, const struct ks *ks, const struct disk_plan *disk,
	      const char *root, struct door *door, struct err *err)
{
	auto_buf conf = { 0 }, wwids = { 0 }, luns = { 0 };
	int r;

	if (!san->n_luns)
		return 0;
	mpath_conf(ks, MPATH_QUEUE, &conf);
	mpath_wwids(ks, &wwids);
	mpath_luns_file(san, &luns);
	r = door_write_below(door, root, "etc/multipath.conf", buf_str(&conf), 0644, err);
	if (!r)
		r = door_write_below(door, root, "etc/multipath/wwids", buf_str(&wwids), 0600, err);
	if (!r)
		r = door_write_below(door, root, "etc/multipath/bindings", bindings, 0600, err);
	if (!r)
		r = door_write_below(door, root, "etc/xenith/luns", buf_str(&luns), 0644, err);
	if (!r)
		r = door_write_below(door, root, "etc/initramfs-tools/hooks/xenith-multipath", hook, 0755,
				     err);
	if (!r && has_vg(san, disk))
		r = devices_file(san, disk, root, door, err);
	return r ? r : chroot_runl(door, root, err, "systemctl", "enable", "multipathd.service", NULL);
}
