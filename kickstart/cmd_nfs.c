/* nfs: the install source is an NFS export. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{ "--dir", KS_STRING, KS_OFF(ks_nfs, dir), .required = KS_ALWAYS },
	{ "--opts", KS_STRING, KS_OFF(ks_nfs, opts), .versions = KS_SINCE(FC6, RHEL5) },
	{ "--server", KS_STRING, KS_OFF(ks_nfs, server), .required = KS_ALWAYS },
	{ 0 },
};

const struct ks_cmd ks_cmd_nfs = {
	.name = "nfs",
	.versions = KS_ALWAYS,
	.opts = opts,
	KS_ONE(nfs, ks_nfs),
};
