/* sshkey: a public key that may log in as a user. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{ "--username", KS_STRING, KS_OFF(ks_sshkey, username), .required = KS_ALWAYS },
	{ "KEY", KS_STRING, KS_OFF(ks_sshkey, key), .required = KS_ALWAYS },
	{ 0 },
};

const struct ks_cmd ks_cmd_sshkey = {
	.name = "sshkey",
	.versions = KS_SINCE(F22, RHEL8),
	.opts = opts,
	KS_MANY(sshkeys, ks_sshkey),
};
