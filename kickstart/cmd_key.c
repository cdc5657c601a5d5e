/* key: the installation number. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{ "--skip", KS_FLAG, KS_OTHER },
	{ "ARGUMENT", KS_LIST, KS_OTHER },
	{ 0 },
};

static void check(struct ks_line *line, void *data)
{
	bool skip = ks_line_gave(line, "--skip");

	if (!skip && line->strays.n)
		ks_line_error(line, line->strays.v[0], "key has no such option");
	else if (!skip && (!ks_line_gave(line, "ARGUMENT") || ks_other_list(data, "ARGUMENT").n != 1))
		ks_line_error(line, NULL, "a number or --skip is wanted");
}

const struct ks_cmd ks_cmd_key = {
	.name = "key",
	.versions = KS_RANGE(RHEL5, RHEL6),
	.opts = opts,
	.check = check,
	.strays = true,
};
