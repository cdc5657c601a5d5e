/* nvdimm: persistent memory used as disks. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_choice modes[] = { { "sector", 0 }, { 0 } };

static const struct ks_choice actions[] = { { "reconfigure", 0 }, { "use", 0 }, { 0 } };

static const struct ks_opt opts[] = {
	{ "--blockdevs", KS_LIST, .versions = KS_BETWEEN(F28, F39, RHEL7, RHEL9) },
	{ "--mode", KS_CHOICE, .versions = KS_BETWEEN(F28, F39, RHEL7, RHEL9), .choices = modes },
	{ "--namespace", KS_STRING, .versions = KS_BETWEEN(F28, F39, RHEL7, RHEL9) },
	{ "--sectorsize", KS_INT, .none = -1, .versions = KS_BETWEEN(F28, F39, RHEL7, RHEL9),
	  .flags = KS_SIZE },
	{ "ACTION", KS_CHOICE, .versions = KS_BETWEEN(F28, F39, RHEL7, RHEL9), .required = KS_ALWAYS,
	  .choices = actions },
	{ 0 },
};

static void check(struct ks_line *line, void *data)
{
	const char *space = ks_other_word(data, "--namespace");
	bool has_space = space && *space, has_devices = ks_other_list(data, "--blockdevs").n > 0;
	bool reconfigure = str_eq(ks_other_word(data, "ACTION"), "reconfigure");

	if (has_space && has_devices)
		ks_line_error(line, "--blockdevs", "contradicts --namespace");
	else if (reconfigure && !has_space)
		ks_line_error(line, NULL, "reconfigure needs --namespace");
	else if (reconfigure &&
		 !(ks_line_gave(line, "--sectorsize") && ks_other_number(data, "--sectorsize")))
		ks_line_error(line, ks_line_gave(line, "--sectorsize") ? "--sectorsize" : NULL,
			      "reconfigure needs a --sectorsize for the mode sector");
	else if (!has_space && !has_devices)
		ks_line_error(line, NULL, "one of --namespace and --blockdevs is needed");
}

const struct ks_cmd ks_cmd_nvdimm = {
	.name = "nvdimm",
	.versions = KS_BETWEEN(F28, F44, RHEL7, RHEL9),
	.deprecated = KS_RANGE(F40, F44),
	.removed = KS_SINCE(F45, RHEL10),
	.opts = opts,
	.check = check,
	.repeats = true,
};
