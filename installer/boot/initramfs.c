/*
 * The initramfs of this host.
 *
 * Debian's default (MODULES=most) packs every storage driver, which takes minutes on a slow machine. Here a
 * private configuration folder says MODULES=list; the target's own /etc/initramfs-tools keeps the default, so
 * that the next update-initramfs(8) of the administrator makes a generic one.
 */
#include "installer/boot/boot_priv.h"

#include <dirent.h>
#include <libgen.h>
#include <limits.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/util.h"
#include "installer/target/chroot.h"

#define CONFDIR "/var/tmp/xenith-initramfs"

int boot_kernels(const char *root, struct argv *ret, struct err *err)
{
	auto_free char *path = path_join(root, "boot");
	DIR *dir = opendir(path);
	struct dirent *e;

	while (dir && (e = readdir(dir)))
		if (str_starts(e->d_name, "vmlinuz-"))
			argv_add(ret, e->d_name + strlen("vmlinuz-"));
	if (dir)
		closedir(dir);
	if (!ret->n)
		return err_set(err, ERR_BOOT_KERNEL,
			       "no kernel (vmlinuz-*) in %s; is linux-image-amd64 installed?", path);
	argv_sort_unique(ret);
	return 0;
}

static void bound_drivers(const char *disk, struct argv *mods);

/* A map has no driver; its paths have. */
static void path_drivers(const char *map, struct argv *mods)
{
	auto_free char *dir = xasprintf("/sys/class/block/%s/slaves", map);
	DIR *d = opendir(dir);
	struct dirent *e;

	while (d && (e = readdir(d)))
		if (e->d_name[0] != '.')
			bound_drivers(e->d_name, mods);
	if (d)
		closedir(d);
}

/* The drivers bound to a block device and to each device that it hangs on, from sysfs: sd_mod, then ahci. */
static void bound_drivers(const char *disk, struct argv *mods)
{
	auto_free char *link = xasprintf("/sys/class/block/%s", disk);
	auto_free char *dir = realpath(link, NULL);

	while (dir && str_starts(dir, "/sys/devices/")) {
		auto_free char *module = xasprintf("%s/driver/module", dir);
		auto_free char *real = realpath(module, NULL);
		char *slash = strrchr(dir, '/');

		if (real) {
			auto_free char *state = xasprintf("%s/initstate", real);

			/* only loadable modules have it: what is built into the kernel can't be missing */
			if (file_exists(state))
				argv_add(mods, strrchr(real, '/') + 1);
		}
		*slash = '\0';
	}
}

static const struct {
	const char *transport, *modules;
} by_transport[] = {
	{ "virtio", "virtio_pci virtio_blk virtio_scsi sd_mod" },
	{ "sata", "ahci ata_piix sd_mod" },
	{ "ide", "ata_piix sd_mod" },
	{ "sas", "sd_mod" },
	{ "scsi", "sd_mod" },
	{ "fc", "sd_mod" },
	{ "nvme", "nvme" },
	{ "multipath", "sd_mod" },
	{ "usb", "xhci_pci ehci_pci usb_storage uas sd_mod" },
	{ "xen", "xen_blkfront" },
};

/* A disk's controller is needed when partitions or PVs of it carry root; all targets of the plan may. */
static void disk_modules(const struct disk_facts *d, struct argv *must, struct argv *wish)
{
	bound_drivers(d->name, must);
	path_drivers(d->name, must);
	for (size_t i = 0; i < ARRAY_SIZE(by_transport); i++)
		if (str_eq(by_transport[i].transport, d->transport))
			argv_split(wish, by_transport[i].modules, " ");
}

void initramfs_modules(const struct facts *facts, const struct disk_plan *disk, struct argv *must,
		       struct argv *wish)
{
	disk_root_needs(disk, must, NULL);
	/* Arrays without root are put together by the initramfs as well: it has mdadm.conf. */
	if (disk->n_raids)
		argv_addl(wish, "raid0", "raid1", "raid10", "raid456", NULL);
	for (size_t i = 0; i < disk->n_disks; i++)
		disk_modules(disk->disks[i].disk, must, wish);
	for (size_t i = 0; i < facts->n_nics; i++)
		if (facts->nics[i].driver)
			argv_add(wish, facts->nics[i].driver);
	/* A keyboard for the initramfs' shell: a BMC's is a USB one. */
	argv_addl(wish, "xhci_pci", "ehci_pci", "uhci_hcd", "usbhid", "hid_generic", NULL);
	argv_sort_unique(must);
	argv_sort_unique(wish);
}

static int write_confdir(const struct argv *must, const struct argv *wish, const char *root,
			 struct door *door, struct err *err)
{
	auto_free char *modules = path_join(root, CONFDIR "/modules");
	auto_free char *conf = path_join(root, CONFDIR "/conf.d/zz-xenith");
	auto_free char *resume = path_join(root, "etc/initramfs-tools/conf.d/resume");
	static const char list[] = "MODULES=list\nCOMPRESSLEVEL=1\n"; /* time counts more than 2 MB */
	static const char no_resume[] = "# A Xen dom0 does not hibernate.\nRESUME=none\n";
	auto_buf text = { 0 };
	int r = door_write(door, resume, no_resume, sizeof(no_resume) - 1, 0644, err);

	if (!r)
		r = chroot_runl(door, root, err, "rm", "-rf", CONFDIR, NULL);
	if (!r)
		r = chroot_runl(door, root, err, "cp", "-a", "/etc/initramfs-tools", CONFDIR, NULL);
	if (!r)
		r = door_write(door, conf, list, sizeof(list) - 1, 0644, err);
	if (r)
		return r;
	file_read(modules, &text, NULL); /* what packages or an image added stays */
	buf_addc(&text, '\n');
	for (size_t i = 0; i < must->n; i++)
		buf_addf(&text, "%s\n", must->v[i]);
	for (size_t i = 0; i < wish->n; i++)
		if (!argv_has(must, wish->v[i]))
			buf_addf(&text, "%s\n", wish->v[i]);
	return door_write(door, modules, text.data, text.len, 0644, err);
}

/* mkinitramfs takes its list of modules from modules.dep; without it the initrd would have none. */
static int ensure_depmod(const char *root, const char *ver, struct door *door, struct err *err)
{
	auto_free char *dep = xasprintf("%s/lib/modules/%s/modules.dep", root, ver);
	struct stat st;

	if (!stat(dep, &st) && st.st_size > 0)
		return 0;
	return chroot_runl(door, root, err, "depmod", ver, NULL);
}

/* Debian 12's update-initramfs(8) only updates what it finds in this folder, with its SHA-1. */
static int register_initrd(const char *initrd, const char *ver, const char *root, struct door *door,
			   struct err *err)
{
	auto_free char *state = path_join(root, "var/lib/initramfs-tools");
	auto_free char *path = path_join(state, ver);
	auto_run run = { 0 };
	auto_buf sum = { 0 };
	int r;

	if (!file_exists(state))
		return 0;
	argv_addl(&run.argv, "sha1sum", initrd, NULL);
	run.out = &sum;
	r = chroot_run(door, root, &run, err);
	return r ? r : door_write(door, path, buf_str(&sum), sum.len, 0644, err);
}

static int make_one(const struct boot_plan *plan, const char *ver, const struct disk_plan *disk,
		    const struct argv *must, const char *root, struct door *door, struct err *err)
{
	auto_free char *initrd = xasprintf("/boot/initrd.img-%s", ver);
	auto_run run = { 0 };
	auto_buf list = { 0 };
	int r = ensure_depmod(root, ver, door, err);

	if (!r)
		r = chroot_runl(door, root, err, "mkinitramfs", "-d", CONFDIR, "-o", initrd, ver, NULL);
	argv_addl(&run.argv, "lsinitramfs", initrd, NULL);
	run.out = &list;
	if (!r)
		r = chroot_run(door, root, &run, err);
	if (!r && !door->record)
		r = initramfs_check(root, ver, disk, must, buf_str(&list), err);
	if (!r && plan->initramfs_files)
		r = initramfs_check_files(initrd, plan->initramfs_files, root, door, err);
	return r ? r : register_initrd(initrd, ver, root, door, err);
}

/*
 * Whether the initrd that is there already (an image brings one with all drivers) does for this host. One
 * that is to open arrays, LUKS volumes or SAN volumes carries their names, so it is always made here.
 */
static bool fits(const struct boot_plan *plan, const char *ver, const struct disk_plan *disk,
		 const struct argv *must, const char *root, struct door *door)
{
	auto_free char *initrd = xasprintf("/boot/initrd.img-%s", ver);
	auto_free char *path = path_join(root, initrd);
	auto_run run = { 0 };
	auto_buf list = { 0 };
	auto_argv files = { 0 };
	struct err ignored = { 0 };

	disk_root_needs(disk, NULL, &files);
	if (door->record || plan->multipath || plan->initramfs_files || files.n || disk->n_raids ||
	    !file_exists(path))
		return false;
	argv_addl(&run.argv, "lsinitramfs", initrd, NULL);
	run.out = &list;
	return !chroot_run(door, root, &run, &ignored) &&
	       !initramfs_check(root, ver, disk, must, buf_str(&list), &ignored);
}

static int make_all(const struct boot_plan *plan, const struct argv *kernels, const struct disk_plan *disk,
		    const struct argv *must, const struct argv *wish, const char *root, struct door *door,
		    struct err *err)
{
	int r = write_confdir(must, wish, root, door, err);

	for (size_t i = 0; !r && i < kernels->n; i++)
		r = make_one(plan, kernels->v[i], disk, must, root, door, err);
	return r ? r : chroot_runl(door, root, err, "rm", "-rf", CONFDIR, NULL);
}

int initramfs_make(const struct boot_plan *plan, const struct facts *facts, const struct disk_plan *disk,
		   const char *root, struct door *door, struct err *err)
{
	auto_argv kernels = { 0 };
	auto_argv must = { 0 };
	auto_argv wish = { 0 };
	int r = boot_kernels(root, &kernels, err);
	bool all_fit = true;

	initramfs_modules(facts, disk, &must, &wish);
	if (plan->multipath)
		argv_addl(&must, "dm_multipath", "dm_service_time", "scsi_dh_alua", NULL);
	if (plan->multipath)
		argv_addl(&wish, "dm_round_robin", "scsi_dh_rdac", "scsi_dh_emc", NULL);
	for (size_t i = 0; !r && i < kernels.n; i++)
		all_fit = all_fit && fits(plan, kernels.v[i], disk, &must, root, door);
	if (!r && all_fit)
		log_printf(door->log, "initramfs: the one that is there does for this host");
	return r || all_fit ? r : make_all(plan, &kernels, disk, &must, &wish, root, door, err);
}
