/* user: an account. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{ "--name", KS_STRING, KS_OFF(ks_user, name), .required = KS_ALWAYS },
	{ "--groups", KS_LIST, KS_OFF(ks_user, groups) },
	{ "--homedir", KS_STRING, KS_OFF(ks_user, homedir) },
	{ "--iscrypted", KS_FLAG, KS_OFF(ks_user, iscrypted), .rival = 1 },
	{ "--plaintext", KS_FLAG, KS_OFF(ks_user, plaintext), .versions = KS_SINCE(F8, RHEL6), .rival = 1 },
	{ "--lock", KS_FLAG, KS_OFF(ks_user, lock), .versions = KS_SINCE(F8, RHEL6) },
	{ "--password", KS_STRING, KS_OFF(ks_user, password), .flags = KS_SECRET },
	{ "--shell", KS_STRING, KS_OFF(ks_user, shell) },
	{ "--uid", KS_INT, KS_OFF(ks_user, uid), .none = -1 },
	{ "--gid", KS_INT, KS_OFF(ks_user, gid), .versions = KS_SINCE(F19, RHEL7), .none = -1 },
	{ "--gecos", KS_STRING, KS_OFF(ks_user, gecos), .versions = KS_SINCE(F12, RHEL6) },
	{ 0 },
};

const struct ks_cmd ks_cmd_user = {
	.name = "user",
	.versions = KS_SINCE(FC6, RHEL5),
	.opts = opts,
	KS_MANY(users, ks_user),
};
