/* text, cmdline, graphical: how the installer shows itself; the last one said counts. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{ "--non-interactive", KS_FLAG, KS_OFF(ks_flag_cmd, non_interactive),
	  .versions = KS_SINCE(F26, RHEL8) },
	{ 0 },
};

/* Unsay the other two. */
static void check(struct ks_line *line, void *data)
{
	struct ks_flag_cmd *all[] = { &line->ks->text, &line->ks->cmdline, &line->ks->graphical };

	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		if (all[i] != data)
			*all[i] = (struct ks_flag_cmd){ 0 };
	if (data == &line->ks->cmdline && ks_line_gave(line, "--non-interactive"))
		ks_line_error(line, "--non-interactive", "cmdline asks nothing in any case");
}

const struct ks_cmd ks_cmd_text = {
	.name = "text",
	.versions = KS_ALWAYS,
	.opts = opts,
	.check = check,
	KS_ONE(text, ks_flag_cmd),
};
const struct ks_cmd ks_cmd_cmdline = {
	.name = "cmdline",
	.versions = KS_ALWAYS,
	.opts = opts,
	.check = check,
	KS_ONE(cmdline, ks_flag_cmd),
};
const struct ks_cmd ks_cmd_graphical = {
	.name = "graphical",
	.versions = KS_ALWAYS,
	.opts = opts,
	.check = check,
	KS_ONE(graphical, ks_flag_cmd),
};
