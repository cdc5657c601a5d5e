/* driverdisk: a disk with drivers. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{ "--biospart", KS_STRING, .versions = KS_SINCE(FC4, RHEL4) },
	{ "--source", KS_STRING, KS_OTHER },
	{ "--type", KS_STRING, .versions = KS_UNTIL(F13, RHEL6),
	  .deprecated = KS_BETWEEN(F12, F13, RHEL5, RHEL6) },
	{ "PARTITION", KS_STRING, KS_OTHER },
	{ 0 },
};

static void check(struct ks_line *line, void *data)
{
	static const char *const names[] = { "--source", "--biospart", "PARTITION" };
	int n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const char *word = ks_other_word(data, names[i]);

		n += word && (*word || names[i][0] != '-');
	}
	if (n != 1)
		ks_line_error(line, NULL, "one of PARTITION, --source and --biospart is wanted");
}

const struct ks_cmd ks_cmd_driverdisk = {
	.name = "driverdisk",
	.versions = KS_ALWAYS,
	.opts = opts,
	.check = check,
	.repeats = true,
};
