/* multipath: names of multipath devices. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{ "--device", KS_STRING, .versions = KS_BETWEEN(FC6, F33, RHEL5, RHEL7), .required = KS_ALWAYS },
	{ "--name", KS_STRING, .versions = KS_BETWEEN(FC6, F33, RHEL5, RHEL7), .required = KS_ALWAYS },
	{ "--rule", KS_STRING, .versions = KS_BETWEEN(FC6, F33, RHEL5, RHEL7), .required = KS_ALWAYS },
	{ 0 },
};

static void check(struct ks_line *line, void *data)
{
	const struct ks *ks = line->ks;
	const char *device = ks_other_word(data, "--device");

	for (size_t i = 0; i < ks->n_others; i++)
		if (ks->others[i].cmd == line->cmd && &ks->others[i] != data &&
		    str_eq(ks_other_word(&ks->others[i], "--device"), device))
			ks_line_error(line, device, "was already named on line %u", ks->others[i].at.line);
}

const struct ks_cmd ks_cmd_multipath = {
	.name = "multipath",
	.instead = "multipath disks are found without it",
	.versions = KS_BETWEEN(FC6, F33, RHEL5, RHEL8),
	.deprecated = KS_BETWEEN(F24, F33, RHEL8, RHEL8),
	.removed = KS_SINCE(F34, RHEL9),
	.opts = opts,
	.check = check,
	.repeats = true,
};
