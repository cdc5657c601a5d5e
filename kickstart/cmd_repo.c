/* repo: a further package source. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{ "--name", KS_STRING, KS_OFF(ks_repo, name), .required = KS_ALWAYS },
	{ "--baseurl", KS_STRING, KS_OFF(ks_repo, baseurl), .group = 1, .flags = KS_SECRET_URL },
	{ "--mirrorlist", KS_STRING, KS_OFF(ks_repo, mirrorlist), .group = 1 },
	{ "--metalink", KS_STRING, KS_OFF(ks_repo, metalink), .versions = KS_SINCE(F27, RHEL8), .group = 1 },
	{ "--cost", KS_INT, KS_OFF(ks_repo, cost), .versions = KS_SINCE(F8, RHEL6), .none = -1 },
	{ "--includepkgs", KS_LIST, KS_OFF(ks_repo, includepkgs), .versions = KS_SINCE(F8, RHEL6) },
	{ "--excludepkgs", KS_LIST, KS_OFF(ks_repo, excludepkgs), .versions = KS_SINCE(F8, RHEL6) },
	{ "--ignoregroups", KS_BOOL, KS_OFF(ks_repo, ignoregroups),
	  .versions = KS_BETWEEN(F11, F39, RHEL6, RHEL9), .deprecated = KS_BETWEEN(F33, F39, RHEL9, RHEL9) },
	{ "--install", KS_FLAG, KS_OFF(ks_repo, install), .versions = KS_SINCE(F21, RHEL7) },
	{ "--proxy", KS_STRING, KS_OFF(ks_repo, proxy), .versions = KS_SINCE(F13, RHEL6),
	  .flags = KS_SECRET_URL },
	{ "--noverifyssl", KS_FLAG, KS_OFF(ks_repo, noverifyssl), .versions = KS_SINCE(F14, RHEL6) },
	{ "--sslcacert", KS_STRING, KS_OFF(ks_repo, sslcacert), .versions = KS_SINCE(F30, RHEL8) },
	{ "--sslclientcert", KS_STRING, KS_OFF(ks_repo, sslclientcert), .versions = KS_SINCE(F30, RHEL8) },
	{ "--sslclientkey", KS_STRING, KS_OFF(ks_repo, sslclientkey), .versions = KS_SINCE(F30, RHEL8) },
	{ 0 },
};

static void check(struct ks_line *line, void *data)
{
	const struct ks_repo *r = data;
	bool own = KS_HAS(KS_SINCE(F15, RHEL7), line->version);

	/* Since Fedora 15 a name alone means a repository that the installer knows. */
	if (!own && !(r->baseurl && *r->baseurl) && !(r->mirrorlist && *r->mirrorlist))
		ks_line_error(line, NULL, "--baseurl or --mirrorlist is needed");
}

const struct ks_cmd ks_cmd_repo = {
	.name = "repo",
	.versions = KS_SINCE(FC6, RHEL5),
	.opts = opts,
	.check = check,
	KS_MANY(repos, ks_repo),
};
