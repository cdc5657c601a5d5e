/* ostreesetup: the system is an OSTree tree. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{ "--nogpg", KS_FLAG, KS_OTHER },
	{ "--osname", KS_STRING, .required = KS_ALWAYS },
	{ "--ref", KS_STRING, .required = KS_ALWAYS },
	{ "--remote", KS_STRING, KS_OTHER },
	{ "--url", KS_STRING, .required = KS_ALWAYS },
	{ 0 },
};

static void check(struct ks_line *line, void *data)
{
	static const char *const schemes[] = { "file:", "http:", "https:" };
	const char *url = ks_other_word(data, "--url"), *remote = ks_other_word(data, "--remote");

	/* The remote is named like the first osname, unless it is said. */
	if (!remote || !*remote)
		ks_other_set_word(data, "--remote", ks_other_word(data, "--osname"));
	for (size_t i = 0; i < ARRAY_SIZE(schemes); i++)
		if (str_starts(url, schemes[i]))
			return;
	ks_line_error(line, "--url", "is no file, http or https URL");
}

static const char *const conflicts[] = { "bootc", "ostreecontainer", NULL };

const struct ks_cmd ks_cmd_ostreesetup = {
	.name = "ostreesetup",
	.versions = KS_SINCE(F21, RHEL7),
	.opts = opts,
	.check = check,
	.conflicts = conflicts,
};
