/* zfcp: a FCP device of z Systems. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{ "--devnum", KS_STRING, .required = KS_ALWAYS },
	{ "--fcplun", KS_STRING, .required = KS_UNTIL(F36, RHEL8) },
	{ "--scsiid", KS_STRING, .versions = KS_BETWEEN(FC3, F13, RHEL4, RHEL6),
	  .required = KS_BETWEEN(FC3, F11, RHEL4, RHEL5), .deprecated = KS_BETWEEN(F12, F13, RHEL6, RHEL6) },
	{ "--scsilun", KS_STRING, .versions = KS_BETWEEN(FC3, F13, RHEL4, RHEL6),
	  .required = KS_BETWEEN(FC3, F11, RHEL4, RHEL5), .deprecated = KS_BETWEEN(F12, F13, RHEL6, RHEL6) },
	{ "--wwpn", KS_STRING, .required = KS_UNTIL(F36, RHEL8) },
	{ 0 },
};

static void check(struct ks_line *line, void *data)
{
	(void)data;
	if (ks_line_gave(line, "--wwpn") != ks_line_gave(line, "--fcplun"))
		ks_line_error(line, NULL, "--wwpn and --fcplun belong together");
}

const struct ks_cmd ks_cmd_zfcp = {
	.name = "zfcp",
	.versions = KS_SINCE(FC3, RHEL4),
	.opts = opts,
	.check = check,
	.repeats = true,
};
