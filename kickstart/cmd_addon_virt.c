/* virt, in %addon xenith: what the CPU must be able to do. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_choice levels[] = { { "off", 0 }, { "warn", 0 },  { "pv", 0 }, { "hvm", 0 },
					   { "hap", 0 }, { "iommu", 0 }, { 0 } };

static const struct ks_opt opts[] = {
	{ "--require", KS_CHOICE, KS_OFF(ks_virt, require), .required = KS_ALWAYS, .choices = levels },
	{ 0 },
};

const struct ks_cmd ks_cmd_addon_virt = {
	.name = "virt",
	.versions = KS_ALWAYS,
	.opts = opts,
	KS_ONE(virt, ks_virt),
};
