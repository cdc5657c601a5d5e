#include "installer/disk/type.h"

const struct disk_type disk_type_ext3 = {
	.name = "ext3",
	.fs = "ext3",
	.kind = "linux",
	.options = "errors=remount-ro",
	.pass = 2,
	.root_ok = true,
	.check_root = true,
	.min_mib = 16,
	.label_max = 16,
	.label_option = "-L",
	.mkfs = { "mkfs.ext3", "-F", "-q" },
	.package = "e2fsprogs",
};
