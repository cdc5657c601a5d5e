/* realm: the domain to join. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{ "ARGUMENT", KS_LIST, KS_OTHER },
	{ 0 },
};

static void check(struct ks_line *line, void *data)
{
	struct ks_list words = ks_other_list(data, "ARGUMENT");

	if (!words.n)
		ks_line_error(line, NULL, "a command of realm(8) is missing");
	else if (strcmp(words.v[0], "join") != 0)
		ks_line_error(line, words.v[0], "is unknown; realm join is wanted");
}

const struct ks_cmd ks_cmd_realm = {
	.name = "realm",
	.versions = KS_SINCE(F19, RHEL7),
	.opts = opts,
	.check = check,
	.raw = KS_ALWAYS,
};
