/* The steps of boot_apply. root is the mounted target, with /proc, /sys and /dev in it. */
#ifndef INSTALLER_BOOT_BOOT_PRIV_H
#define INSTALLER_BOOT_BOOT_PRIV_H

#include "installer/boot/boot.h"

/* plan.c */
const struct disk_mount *boot_mount_of(const struct disk_plan *disk, const char *mntpoint);

/* initramfs.c: one for each kernel in /boot, with what this host needs and little more. */
int initramfs_make(const struct boot_plan *plan, const struct facts *facts, const struct disk_plan *disk,
		   const char *root, struct door *door, struct err *err);
/* The modules that the initramfs must load by name: first those without which root can't be mounted. */
void initramfs_modules(const struct facts *facts, const struct disk_plan *disk, struct argv *must,
		       struct argv *wish);
/*
 * initramfs_check.c: whether everything that mounting root needs is in the initrd, of whose files list has a
 * line each, or in the kernel; and whether these files are in it as they are in the root. ERR_BOOT_INITRAMFS
 * names what is missing.
 */
int initramfs_check(const char *root, const char *ver, const struct disk_plan *disk, const struct argv *must,
		    const char *list, struct err *err);
int initramfs_check_files(const char *initrd, const char *const *files, const char *root, struct door *door,
			  struct err *err);
/* The releases of the kernels in root/boot, sorted. ERR_TOOL if there is none. */
int boot_kernels(const char *root, struct argv *ret, struct err *err);

/* grub.c: the settings, the loaders, grub.cfg. */
int grub_configure(const struct boot_plan *plan, const char *root, struct door *door, struct err *err);
int grub_install(const struct boot_plan *plan, const struct disk_plan *disk, const char *root,
		 struct door *door, struct err *err);

/* nvram.c: a boot entry in the firmware. A failure is text in *warning, free(3). */
void nvram_add(const struct boot_plan *plan, const struct disk_plan *disk, const char *root,
	       struct door *door, char **warning);

/* verify.c: ERR_TOOL that names what the firmware, GRUB or Xen would miss. */
int boot_verify(const struct boot_plan *plan, const struct disk_plan *disk, const char *root,
		struct err *err);
/* grub.cfg alone (its text): its default entry loads Xen, a kernel with root_arg ("root=..."; NULL: any) and
 * an initrd that exist below boot_dir. */
int boot_verify_cfg(const struct boot_plan *plan, const char *text, const char *boot_dir,
		    const char *root_arg, struct err *err);

#endif
