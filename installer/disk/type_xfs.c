#include "installer/disk/type.h"

/* XFS is never checked at boot: fsck.xfs(8). mkfs.xfs refuses less than 300 MiB. */
const struct disk_type disk_type_xfs = {
	.name = "xfs",
	.fs = "xfs",
	.kind = "linux",
	.options = "defaults",
	.root_ok = true,
	.min_mib = 300,
	.label_max = 12,
	.label_option = "-L",
	.mkfs = { "mkfs.xfs", "-f", "-q" },
	.package = "xfsprogs",
};
