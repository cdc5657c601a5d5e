/* device: a kernel module to load. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{ "--opts", KS_STRING, .versions = KS_UNTIL(F33, RHEL7) },
	{ "NAME", KS_LIST, KS_OTHER },
	{ 0 },
};

static void check(struct ks_line *line, void *data)
{
	struct ks_list names = ks_other_list(data, "NAME");
	size_t n = names.n, want = KS_HAS(KS_UNTIL(F7, RHEL5), line->version) ? 2 : 1;

	for (size_t i = 0; i < n; i++)
		if (names.v[i][0] == '-')
			ks_line_error(line, names.v[i], "is unexpected here");
	if (n != want)
		ks_line_error(line, NULL,
			      want == 2 ? "the kind and the name of a module are wanted"
					: "the name of a module is wanted");
}

const struct ks_cmd ks_cmd_device = {
	.name = "device",
	.instead = "drivers are loaded without it",
	.versions = KS_UNTIL(F33, RHEL8),
	.deprecated = KS_BETWEEN(F24, F33, RHEL8, RHEL8),
	.removed = KS_SINCE(F34, RHEL9),
	.opts = opts,
	.check = check,
	.repeats = true,
};
