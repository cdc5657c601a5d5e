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
	static const char *const names[] = { "--devnum", "--wwpn", "--fcplun" };
	bool given[3];

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const char *word = ks_other_word(data, names[i]);

		given[i] = word && *word;
	}
	if (!given[0] && KS_HAS(KS_SINCE(F37, RHEL9), line->version))
		ks_line_error(line, "--devnum", "the value is empty");
	if (given[1] != given[2] && KS_HAS(KS_SINCE(F37, RHEL9), line->version))
		ks_line_error(line, NULL, "--wwpn and --fcplun belong together");
}

const struct ks_cmd ks_cmd_zfcp = {
	.name = "zfcp",
	.versions = KS_SINCE(FC3, RHEL4),
	.opts = opts,
	.check = check,
	.repeats = true,
};
