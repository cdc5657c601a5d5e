/* lilo: the boot loader of old. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_choice locations[] = {
	{ "mbr", 0 }, { "partition", 0 }, { "none", 0 }, { "boot", 0 }, { 0 }
};

static const struct ks_opt opts[] = {
	{ "--append", KS_STRING, KS_OTHER },
	{ "--driveorder", KS_LIST, KS_OTHER },
	{ "--lba32", KS_FLAG, KS_OTHER },
	{ "--linear", KS_FLAG, KS_OTHER, .rival = 1 },
	{ "--location", KS_CHOICE, .choices = locations, .flags = KS_FORGETS },
	{ "--md5pass", KS_STRING, KS_OTHER, .flags = KS_SECRET | KS_FORGETS },
	{ "--nolinear", KS_FLAG, KS_OTHER, .rival = 1 },
	{ "--password", KS_STRING, .flags = KS_SECRET | KS_FORGETS },
	{ "--upgrade", KS_FLAG, KS_OTHER },
	{ "--useLilo", KS_FLAG, KS_OTHER },
	{ 0 },
};

const struct ks_cmd ks_cmd_lilo = {
	.name = "lilo",
	.instead = "write bootloader",
	.versions = KS_UNTIL(FC3, RHEL4),
	.opts = opts,
};
