/* The hybrid image: one ISO 9660 file that starts from CD, USB disk and virtual media, under BIOS and UEFI.
 */
#ifndef ISO_BUILD_IMAGE_H
#define ISO_BUILD_IMAGE_H

#include <time.h>

#include "base/door.h"

struct image_opts {
	const char *tree;     /* becomes the ISO's content; image_boot_files adds to it */
	const char *work;     /* folder for intermediate files, outside tree */
	const char *cmdline;  /* of the kernel */
	time_t mtime;         /* of everything in the image */
	const char *grub_cfg; /* of GRUB for BIOS, and no embed area; NULL: the menu for cmdline */
	/* Files for the UEFI partition and their names in it, "EFI/BOOT/BOOTX64.EFI"; none: GRUB is made. */
	struct image_file {
		const char *from, *to;
	} efi[3];
};

#define IMAGE_LABEL "XENITH"

/*
 * GRUB for both firmwares: TREE/boot/grub/{eltorito.img,grub.cfg}, TREE/.xenith-id, WORK/efi.img; and an
 * empty embed area (embed.h). The tree's kernel is boot/vmlinuz, its initramfs boot/initrd.
 */
int image_boot_files(const struct image_opts *opts, struct door *door, struct err *err);

/* grub.cfg for a kernel command line: pure. */
void image_grub_cfg(const char *cmdline, struct buf *ret);

/* Write the ISO. Same tree, same bytes. */
int image_write(const struct image_opts *opts, const char *output, struct door *door, struct err *err);

#endif
