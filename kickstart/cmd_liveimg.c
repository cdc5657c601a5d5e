/* liveimg: the install source is a composed image. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{ "--url", KS_STRING, KS_OFF(ks_liveimg, url), .required = KS_ALWAYS,
	  .flags = KS_NOT_EMPTY | KS_SECRET_URL },
	{ "--proxy", KS_STRING, KS_OFF(ks_liveimg, proxy), .flags = KS_SECRET_URL },
	{ "--noverifyssl", KS_FLAG, KS_OFF(ks_liveimg, noverifyssl) },
	{ "--checksum", KS_STRING, KS_OFF(ks_liveimg, checksum) },
	{ 0 },
};

const struct ks_cmd ks_cmd_liveimg = {
	.name = "liveimg",
	.versions = KS_SINCE(F19, RHEL7),
	.opts = opts,
	KS_ONE(liveimg, ks_liveimg),
};
