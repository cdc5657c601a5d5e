/* sshpw: accounts of the installer itself. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{ "--iscrypted", KS_FLAG, KS_OTHER, .rival = 1 },
	{ "--lock", KS_FLAG, KS_OTHER },
	{ "--plaintext", KS_FLAG, KS_OTHER, .rival = 1 },
	{ "--sshkey", KS_FLAG, .versions = KS_SINCE(F24, RHEL8) },
	{ "--username", KS_STRING, .required = KS_ALWAYS },
	{ "PASSWORD", KS_STRING, .flags = KS_SECRET | KS_JOIN },
	{ 0 },
};

static void check(struct ks_line *line, void *data)
{
	if (!ks_other_word(data, "PASSWORD"))
		ks_line_error(line, NULL, "a password or key is missing");
}

const struct ks_cmd ks_cmd_sshpw = {
	.name = "sshpw",
	.versions = KS_SINCE(F13, RHEL6),
	.opts = opts,
	.check = check,
	.repeats = true,
};
