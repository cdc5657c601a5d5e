/* reboot, halt, poweroff, shutdown: what the installer ends with; the last one said counts. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{ "--eject", KS_FLAG, KS_OFF(ks_reboot, eject), .versions = KS_SINCE(FC6, RHEL5) },
	{ "IGNORED", KS_LIST, KS_OFF(ks_reboot, ignored), .versions = KS_UNTIL(FC5, RHEL4) },
	{ "--kexec", KS_FLAG, KS_OFF(ks_reboot, kexec), .versions = KS_SINCE(F23, RHEL8) },
	{ 0 },
};

static const char *const names[] = {
	[KS_END_HALT] = "halt",
	[KS_END_POWEROFF] = "poweroff",
	[KS_END_REBOOT] = "reboot",
	[KS_END_SHUTDOWN] = "shutdown",
};

static void check(struct ks_line *line, void *data)
{
	struct ks_reboot *r = data;

	for (size_t i = KS_END_HALT; i < ARRAY_SIZE(names); i++)
		if (strcmp(names[i], line->words[0]) == 0)
			r->how = i;
}

static void print(const struct ks *ks, const struct ks_cmd *cmd, const void *data, bool mask, struct buf *b)
{
	const struct ks_reboot *r = data;

	if (r->how != KS_END_UNSAID)
		ks_print_command(cmd, names[r->how], data, ks->version ? ks->version : KS_VERSION_DEFAULT,
				 mask, b);
}

const struct ks_cmd ks_cmd_reboot = {
	.name = "reboot",
	.versions = KS_ALWAYS,
	.opts = opts,
	.check = check,
	.print = print,
	.raw = KS_UNTIL(FC5, RHEL4),
	KS_ONE(reboot, ks_reboot),
};

#define ALSO(word)                            \
	const struct ks_cmd ks_cmd_##word = { \
		.name = #word,                \
		.versions = KS_ALWAYS,        \
		.opts = opts,                 \
		.check = check,               \
		.raw = KS_UNTIL(FC5, RHEL4),  \
		.same_as = &ks_cmd_reboot,    \
		KS_ONE(reboot, ks_reboot),    \
	}

ALSO(halt);
ALSO(poweroff);
ALSO(shutdown);
