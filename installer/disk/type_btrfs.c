#include "installer/disk/type.h"

/* Never checked at boot: fsck.btrfs(8). */
const struct disk_type disk_type_btrfs = {
	.name = "btrfs",
	.fs = "btrfs",
	.kind = "linux",
	.options = "defaults",
	.root_ok = true,
	.min_mib = 128,
	.label_max = 255,
	.label_option = "-L",
	.mkfs = { "mkfs.btrfs", "-f", "-q" },
	.package = "btrfs-progs",
};
