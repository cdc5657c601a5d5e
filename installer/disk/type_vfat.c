#include "installer/disk/type.h"

const struct disk_type disk_type_vfat = {
	.name = "vfat",
	.fs = "vfat",
	.kind = "linux",
	.options = "umask=0077",
	.pass = 2,
	.min_mib = 1,
	.label_max = 11,
	.label_option = "-n",
	.mkfs = { "mkfs.vfat" },
	.package = "dosfstools",
};
