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
	{ "--reinstall", KS_STRING, KS_OFF(ks_guard, reinstall), .convert = reinstall,
	  .flags = KS_SECRET_TAIL },
	{ "--keep-vg", KS_STRING, KS_OFF(ks_guard, keep_vg), .flags = KS_NOT_EMPTY },
	{ 0 },
};

static void check(struct ks_line *line, void *data)
{
	const struct ks_guard *g = data;

	if (!g->reinstall && !g->keep_vg)
		ks_line_error(line, NULL, "--reinstall or --keep-vg is needed");
}

const struct ks_cmd ks_cmd_addon_guard = {
	.name = "guard",
	.versions = KS_ALWAYS,
	.opts = opts,
	.check = check,
	KS_ONE(guard, ks_guard),
};
