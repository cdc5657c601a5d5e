/* ostreesetup: the system is an OSTree tree. */
#include "base/util.h"
#include "kickstart/table.h"

static bool url(struct ks_line *line, const struct ks_opt *opt, const char **value)
{
	static const char *const schemes[] = { "file:", "http:", "https:" };

	for (size_t i = 0; i < ARRAY_SIZE(schemes); i++)
		if (str_starts(*value, schemes[i]))
			return true;
	ks_line_error(line, opt->name, "is no file, http or https URL");
	return false;
}

static const struct ks_opt opts[] = {
	{ "--nogpg", KS_FLAG, KS_OTHER },
	{ "--osname", KS_STRING, .required = KS_ALWAYS },
	{ "--ref", KS_STRING, .required = KS_ALWAYS },
	{ "--remote", KS_STRING, KS_OTHER },
	{ "--url", KS_STRING, .required = KS_ALWAYS, .convert = url },
	{ 0 },
};

static const char *const conflicts[] = { "bootc", "ostreecontainer", NULL };

const struct ks_cmd ks_cmd_ostreesetup = {
	.name = "ostreesetup",
	.versions = KS_SINCE(F21, RHEL7),
	.opts = opts,
	.conflicts = conflicts,
};
