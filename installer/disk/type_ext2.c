#include "installer/disk/type.h"

const struct disk_type disk_type_ext2 = {
	.name = "ext2",
	.fs = "ext2",
	.kind = "linux",
	.options = "errors=remount-ro",
	.pass = 2,
	.root_ok = true,
	.check_root = true,
	.min_mib = 16,
	.label_max = 16,
	.label_option = "-L",
	.mkfs = { "mkfs.ext2", "-F", "-q" },
	.package = "e2fsprogs",
};
