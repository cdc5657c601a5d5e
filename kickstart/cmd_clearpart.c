/* clearpart: the partitions to remove first. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{ "--all", KS_FLAG, KS_OFF(ks_clearpart, all), .rival = 1, .flags = KS_STAYS },
	{ "--linux", KS_FLAG, KS_OFF(ks_clearpart, linux_only), .rival = 1, .flags = KS_STAYS },
	{ "--none", KS_FLAG, KS_OFF(ks_clearpart, none), .rival = 1, .flags = KS_STAYS },
	{ "--drives", KS_LIST, KS_OFF(ks_clearpart, drives) },
	{ "--list", KS_LIST, KS_OFF(ks_clearpart, list), .versions = KS_SINCE(F17, RHEL7) },
	{ "--initlabel", KS_FLAG, KS_OFF(ks_clearpart, initlabel) },
	{ "--disklabel", KS_STRING, KS_OFF(ks_clearpart, disklabel), .versions = KS_SINCE(F21, RHEL7),
	  .flags = KS_FORGETS },
	{ "--cdl", KS_FLAG, KS_OFF(ks_clearpart, cdl), .versions = KS_SINCE(F28, RHEL7) },
	{ 0 },
};

static void check(struct ks_line *line, void *data)
{
	struct ks_clearpart *c = data;
	static const char *const labels[] = { "gpt", "msdos", "mbr", "dasd" };
	bool known = !c->disklabel;

	for (size_t i = 0; i < ARRAY_SIZE(labels); i++)
		known = known || str_eq(c->disklabel, labels[i]);
	if (!known)
		ks_line_fault(line, "--disklabel", "\"%s\" is none of: gpt, msdos, mbr, dasd", c->disklabel);
}

const struct ks_cmd ks_cmd_clearpart = {
	.name = "clearpart",
	.versions = KS_ALWAYS,
	.opts = opts,
	.check = check,
	KS_ONE(clearpart, ks_clearpart),
};
