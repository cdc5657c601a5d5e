#include "installer/disk/type.h"

const struct disk_type disk_type_swap = {
	.name = "swap",
	.fs = "swap",
	.kind = "swap",
	.options = "sw",
	.min_mib = 1,
	.label_max = 16,
	.label_option = "-L",
	.mkfs = { "mkswap", "-f" },
};
