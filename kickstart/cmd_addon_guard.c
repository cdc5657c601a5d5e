/* guard, in %addon xenith: what protects a host that is already installed. */
#include "base/util.h"
#include "kickstart/table.h"

static bool reinstall(struct ks_line *line, const struct ks_opt *opt, const char **value)
{
	if (strcmp(*value, "deny") == 0 || strcmp(*value, "allow") == 0 ||
	    (str_starts(*value, "allow-token=") && strlen(*value) > strlen("allow-token=")))
		return true;
	ks_line_error(line, opt->name, "is none of: deny, allow, allow-token=WORD");
	return false;
}

static const struct ks_opt opts[] = {
	{ "--reinstall", KS_STRING, KS_OFF(ks_guard, reinstall), .required = KS_ALWAYS, .convert = reinstall,
	  .flags = KS_SECRET_TAIL },
	{ 0 },
};

const struct ks_cmd ks_cmd_addon_guard = {
	.name = "guard",
	.versions = KS_ALWAYS,
	.opts = opts,
	KS_ONE(guard, ks_guard),
};
