/* snapshot: snapshots of logical volumes. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_choice times[] = { { "pre-install", 0 }, { "post-install", 0 }, { 0 } };

/* VG/LV */
static bool origin(struct ks_line *line, const struct ks_opt *opt, const char **value)
{
	size_t vg = strcspn(*value, "/"), lv = (*value)[vg] ? strcspn(*value + vg + 1, "/") : 0;

	if (vg && lv && !(*value)[vg + 1 + lv])
		return true;
	ks_line_error(line, opt->name, "\"%s\" isn't VG/LV", *value);
	return false;
}

static const struct ks_opt opts[] = {
	{ "--name", KS_STRING, .required = KS_ALWAYS },
	{ "--when", KS_CHOICE, .required = KS_ALWAYS, .choices = times },
	{ "ORIGIN", KS_STRING, .required = KS_ALWAYS, .convert = origin },
	{ 0 },
};

const struct ks_cmd ks_cmd_snapshot = {
	.name = "snapshot",
	.versions = KS_SINCE(F26, RHEL7),
	.opts = opts,
	.repeats = true,
};
