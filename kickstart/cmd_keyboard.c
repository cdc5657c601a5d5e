/* keyboard: the layout, as one word or by its two names. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{ "KEYMAP", KS_STRING, KS_OFF(ks_keyboard, keymap), .required = KS_UNTIL(F17, RHEL6) },
	{ "--vckeymap", KS_STRING, KS_OFF(ks_keyboard, vckeymap), .versions = KS_SINCE(F18, RHEL7),
	  .flags = KS_FORGETS },
	{ "--xlayouts", KS_LIST, KS_OFF(ks_keyboard, xlayouts), .versions = KS_SINCE(F18, RHEL7) },
	{ "--switch", KS_LIST, KS_OFF(ks_keyboard, switches), .versions = KS_SINCE(F18, RHEL7) },
	{ 0 },
};

static void check(struct ks_line *line, void *data)
{
	const struct ks_keyboard *k = data;

	if (!ks_line_gave(line, "KEYMAP") && !k->vckeymap && !k->xlayouts.n)
		ks_line_error(line, NULL, "a layout, --vckeymap or --xlayouts is needed");
}

const struct ks_cmd ks_cmd_keyboard = {
	.name = "keyboard",
	.versions = KS_ALWAYS,
	.opts = opts,
	.check = check,
	KS_ONE(keyboard, ks_keyboard),
};
