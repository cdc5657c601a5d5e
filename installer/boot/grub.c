#include "installer/boot/boot_priv.h"

#include "base/file.h"
#include "base/util.h"
#include "installer/target/chroot.h"

/* A value between double quotes of a file that a shell reads. */
static void add_setting(struct buf *b, const char *name, const char *value)
{
	buf_addf(b, "%s=\"", name);
	for (; *value; value++) {
		if (strchr("\"\\$`", *value))
			buf_addc(b, '\\');
		buf_addc(b, *value);
	}
	buf_adds(b, "\"\n");
}

/*
 * /etc/default/grub has what Linux without Xen uses too. It also answers the question of Debian's
 * grub.d/xen.cfg, which then makes the Xen entry the default one; that file stays as the package has it.
 * grub.d/xenith.cfg is read behind it and says how Xen and dom0 are started.
 */
int grub_configure(const struct boot_plan *plan, const char *root, struct door *door, struct err *err)
{
	auto_free char *path = path_join(root, "etc/default/grub");
	auto_free char *xen_path = path_join(root, "etc/default/grub.d/xenith.cfg");
	auto_buf b = { 0 };
	auto_buf xen = { 0 };
	int r;

	buf_adds(&b, "# After a change run update-grub. Xen and dom0: grub.d/xenith.cfg.\n");
	buf_adds(&b, "GRUB_DEFAULT=0\nXEN_OVERRIDE_GRUB_DEFAULT=1\n");
	buf_addf(&b, "GRUB_TIMEOUT=%u\nGRUB_DISTRIBUTOR=\"Debian\"\n", plan->timeout_s);
	add_setting(&b, "GRUB_CMDLINE_LINUX_DEFAULT", "");
	add_setting(&b, "GRUB_CMDLINE_LINUX", plan->linux_args);
	add_setting(&b, "GRUB_TERMINAL", plan->grub_terminal);
	if (plan->grub_serial)
		add_setting(&b, "GRUB_SERIAL_COMMAND", plan->grub_serial);
	buf_adds(&b, "# The guests' volumes are no systems to be booted from this menu.\n");
	buf_adds(&b, "GRUB_DISABLE_OS_PROBER=true\n");

	buf_adds(&xen,
		 "# How the Xen entries start the hypervisor and dom0. After a change run update-grub.\n");
	add_setting(&xen, "GRUB_CMDLINE_XEN_DEFAULT", plan->xen_args);
	add_setting(&xen, "GRUB_CMDLINE_LINUX_XEN_REPLACE", plan->dom0_args);
	add_setting(&xen, "GRUB_CMDLINE_LINUX_XEN_REPLACE_DEFAULT", "");
	r = door_write(door, path, b.data, b.len, 0644, err);
	return r ? r : door_write(door, xen_path, xen.data, xen.len, 0644, err);
}

/*
 * Into the BIOS boot partition of every disk that boots, and as \EFI\BOOT\BOOTX64.EFI, which firmware finds
 * without an entry of its own.
 */
int grub_install(const struct boot_plan *plan, const struct disk_plan *disk, const char *root,
		 struct door *door, struct err *err)
{
	int r = 0;

	for (size_t i = 0; !r && plan->bios && i < disk->n_boot_disks; i++)
		r = chroot_runl(door, root, err, "grub-install", "--target=i386-pc", "--no-floppy",
				disk->disks[disk->boot_disks[i]].disk->path, NULL);
	if (!r && plan->uefi)
		r = chroot_runl(door, root, err, "grub-install", "--target=x86_64-efi",
				"--efi-directory=/boot/efi", "--removable", "--no-nvram", NULL);
	return r;
}
