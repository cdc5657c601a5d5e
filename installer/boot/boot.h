/* GRUB with Xen as the default entry and plain Linux as the fallback, for BIOS and UEFI. */
#ifndef INSTALLER_BOOT_BOOT_H
#define INSTALLER_BOOT_BOOT_H

#include "base/door.h"
#include "base/json.h"
#include "facts/facts.h"
#include "installer/disk/disk.h"
#include "kickstart/ks.h"

struct boot_plan {
	struct arena arena;
	bool bios, uefi;
	const char *xen_args;   /* "dom0_mem=2048M,max:2048M dom0_max_vcpus=2 com1=115200,8n1 console=com1,vga
				   ..." */
	const char *dom0_args;  /* on the dom0 kernel under Xen: "console=hvc0 ..." */
	const char *linux_args; /* on the plain-Linux entry: "console=ttyS0,115200n8 ..." */
	const char *grub_terminal; /* "serial console" */
	const char *grub_serial;   /* "serial --unit=0 --speed=115200"; NULL: none */
	unsigned timeout_s;
	bool nvram;                         /* booted through UEFI: also make a firmware boot entry */
	const char *const *initramfs_files; /* that the initramfs must hold as they are in the root;
					       NULL-terminated; NULL: none */
	bool multipath;                     /* root is on a multipath map */
	bool leave_boot_order;              /* the entry is not put into BootOrder */
};

/* Pure. */
int boot_plan_make(const struct facts *facts, const struct ks *ks, const struct disk_plan *disk,
		   struct boot_plan *ret, struct err *err);
void boot_plan_clear(struct boot_plan *plan);
void boot_plan_print(const struct boot_plan *plan, struct buf *b);
json_t *boot_plan_json(const struct boot_plan *plan);
/* Packages: grub-pc-bin, grub-efi-amd64-bin, grub2-common, efibootmgr as needed. */
void boot_packages(const struct boot_plan *plan, struct argv *want);

/*
 * In the mounted root (with /proc /sys /dev in it): initramfs for this host, /etc/default/grub.d,
 * grub-install (removable path always; a failed NVRAM write is returned in *warning, free(3), and is no
 * failure), grub.cfg; then check that what the firmware reads is there.
 */
int boot_apply(const struct boot_plan *plan, const struct facts *facts, const struct disk_plan *disk,
	       const char *root, struct door *door, char **warning, struct err *err);

#endif
