/* rootpw: the password of root. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{ "--iscrypted", KS_FLAG, KS_OFF(ks_rootpw, iscrypted), .rival = 1 },
	{ "--plaintext", KS_FLAG, KS_OFF(ks_rootpw, plaintext), .versions = KS_SINCE(F8, RHEL6), .rival = 1 },
	{ "--lock", KS_FLAG, KS_OFF(ks_rootpw, lock), .versions = KS_SINCE(F8, RHEL6) },
	{ "--allow-ssh", KS_FLAG, KS_OFF(ks_rootpw, allow_ssh), .versions = KS_SINCE(F37, RHEL9) },
	{ "PASSWORD", KS_STRING, KS_OFF(ks_rootpw, password), .flags = KS_SECRET },
	{ 0 },
};

static void check(struct ks_line *line, void *data)
{
	const struct ks_rootpw *r = data;

	bool lock_alone = KS_HAS(KS_SINCE(F18, RHEL7), line->version);

	if (!(ks_line_gave(line, "PASSWORD") && *r->password) && !(r->lock && lock_alone))
		ks_line_error(line, NULL, "a password is missing");
}

const struct ks_cmd ks_cmd_rootpw = {
	.name = "rootpw",
	.versions = KS_ALWAYS,
	.opts = opts,
	.check = check,
	KS_ONE(rootpw, ks_rootpw),
};
