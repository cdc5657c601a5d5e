#include "installer/mounts.h"

#include <sys/mount.h>

#include "base/file.h"
#include "base/util.h"
#include "installer/guests.h"
#include "installer/holders.h"
#include "installer/target/target.h"

#define OLD_ROOT   INSTALL_RUN "/old-root"
#define GUESTS_TAR INSTALL_RUN "/guests.tar"

/* Kernel file systems that the target's own tools need while it is being made, in mount order. */
static const struct {
	const char *source, *dir, *fstype;
	unsigned long flags;
} kernel_mounts[] = {
	{ "proc", "/proc", "proc", 0 },    { "sysfs", "/sys", "sysfs", 0 },
	{ "/dev", "/dev", NULL, MS_BIND }, { "devpts", "/dev/pts", "devpts", 0 },
	{ "/run", "/run", NULL, MS_BIND }, /* udev's database and LVM's: grub-probe and lvm read them */
};

int install_mount_kernel(struct install_run *run, struct err *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(kernel_mounts); i++) {
		auto_free char *dir = path_join(INSTALL_ROOT, kernel_mounts[i].dir);
		int r = door_mount(&run->door, kernel_mounts[i].source, dir, kernel_mounts[i].fstype,
				   kernel_mounts[i].flags, NULL, err);

		if (r)
			return r;
	}
	if (run->facts.uefi && door_mount(&run->door, "efivarfs", INSTALL_ROOT "/sys/firmware/efi/efivars",
					  "efivarfs", 0, NULL, NULL))
		event_send(run->events, run->step, EVENT_WARNING,
			   "the firmware's variables can't be written");
	return 0;
}

int install_unmount(struct install_run *run, struct err *err)
{
	run->mounted = false;
	holders_stop(INSTALL_ROOT, &run->door);
	door_umount(&run->door, INSTALL_ROOT "/sys/firmware/efi/efivars", 0, NULL);
	for (size_t i = ARRAY_SIZE(kernel_mounts); i-- > 0;) {
		auto_free char *dir = path_join(INSTALL_ROOT, kernel_mounts[i].dir);

		if (door_umount(&run->door, dir, 0, NULL))
			door_umount(&run->door, dir, MNT_DETACH, NULL);
	}
	return disk_umount(&run->plan.disk, INSTALL_ROOT, &run->door, err);
}

int install_mount(struct install_run *run, struct err *err)
{
	int r = disk_mount(&run->plan.disk, INSTALL_ROOT, &run->door, err);

	run->mounted = !r;
	return r;
}

int install_guests_save(struct install_run *run, struct err *err)
{
	return guests_save(&run->plan.disk, OLD_ROOT, GUESTS_TAR, &run->door, err);
}

int install_guests_restore(struct install_run *run, struct err *err)
{
	return guests_restore(GUESTS_TAR, INSTALL_ROOT, &run->door, err);
}

/* Where scripts for Anaconda look for the target. */
static int sysroot_links(struct install_run *run, struct err *err)
{
	int r = door_symlink(&run->door, INSTALL_ROOT, "/mnt/sysroot", err);

	return r ? r : door_symlink(&run->door, INSTALL_ROOT, "/mnt/sysimage", err);
}

int install_before_packages(struct install_run *run, struct err *err)
{
	/* At once, so that they are not in memory alone while packages come. */
	int r = install_guests_restore(run, err);

	if (!r && run->opts->from_cmdline)
		r = sysroot_links(run, err);
	return r ? r : target_scripts(&run->ks, KS_PREINSTALL, INSTALL_ROOT, &run->door, err);
}
