#include "installer/disk/type.h"

const struct disk_type disk_type_ext4 = {
	.name = "ext4",
	.fs = "ext4",
	.kind = "linux",
	.options = "errors=remount-ro",
	.pass = 2,
	.root_ok = true,
	.check_root = true,
	.min_mib = 16,
	.label_max = 16,
	.label_option = "-L",
	/* -F: the device is ours and was wiped, ask nothing. */
	.mkfs = { "mkfs.ext4", "-F", "-q" },
	.package = "e2fsprogs",
};
