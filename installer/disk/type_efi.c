#include "installer/disk/type.h"

/*
 * The EFI system partition. nofail: a damaged one must not keep an installed host from booting. FAT32 by UEFI
 * 2.10 13.3, which needs 33 MiB with 512-byte sectors and 260 MiB with 4096-byte ones.
 */
const struct disk_type disk_type_efi = {
	.name = "efi",
	.fs = "vfat",
	.kind = "esp",
	.options = "umask=0077,nofail",
	.pass = 2,
	.min_mib = 33,
	.label_max = 11,
	.label_option = "-n",
	.mkfs = { "mkfs.vfat", "-F", "32" },
	.package = "dosfstools",
};
