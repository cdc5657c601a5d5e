/* rescue: the medium starts a rescue system. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{ "--nomount", KS_FLAG, KS_OTHER },
	{ "--romount", KS_FLAG, KS_OTHER },
	{ 0 },
};

static void check(struct ks_line *line, void *data)
{
	(void)data;
	if (ks_line_gave(line, "--nomount") && ks_line_gave(line, "--romount"))
		ks_line_error(line, "--romount", "contradicts --nomount");
}

const struct ks_cmd ks_cmd_rescue = {
	.name = "rescue",
	.versions = KS_SINCE(F10, RHEL6),
	.opts = opts,
	.check = check,
};
