/* url: where the install tree is; for a Debian host the mirror and the suite. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{ "--url", KS_STRING, KS_OFF(ks_url, url), .required = KS_UNTIL(F17, RHEL6),
	  .flags = KS_SECRET_URL | KS_FORGETS },
	{ "--mirrorlist", KS_STRING, KS_OFF(ks_url, mirrorlist), .versions = KS_SINCE(F18, RHEL7),
	  .flags = KS_FORGETS },
	{ "--metalink", KS_STRING, KS_OFF(ks_url, metalink), .versions = KS_SINCE(F27, RHEL8),
	  .flags = KS_FORGETS },
	{ "--proxy", KS_STRING, KS_OFF(ks_url, proxy), .versions = KS_SINCE(F13, RHEL6),
	  .flags = KS_SECRET_URL },
	{ "--noverifyssl", KS_FLAG, KS_OFF(ks_url, noverifyssl), .versions = KS_SINCE(F14, RHEL6) },
	{ "--sslcacert", KS_STRING, KS_OFF(ks_url, sslcacert), .versions = KS_SINCE(F30, RHEL8) },
	{ "--sslclientcert", KS_STRING, KS_OFF(ks_url, sslclientcert), .versions = KS_SINCE(F30, RHEL8) },
	{ "--sslclientkey", KS_STRING, KS_OFF(ks_url, sslclientkey), .versions = KS_SINCE(F30, RHEL8) },
	{ 0 },
};

static void check(struct ks_line *line, void *data)
{
	const struct ks_url *u = data;

	int n = (ks_line_gave(line, "--url") && *u->url) +
		(ks_line_gave(line, "--mirrorlist") && *u->mirrorlist) +
		(ks_line_gave(line, "--metalink") && *u->metalink);

	if (!KS_HAS(KS_SINCE(F18, RHEL7), line->version))
		return;
	if (n == 0)
		ks_line_error(line, NULL, "one of --url, --mirrorlist and --metalink is needed");
	else if (n > 1)
		ks_line_error(line, NULL, "--url, --mirrorlist and --metalink contradict each other");
}

const struct ks_cmd ks_cmd_url = {
	.name = "url",
	.versions = KS_ALWAYS,
	.opts = opts,
	.check = check,
	KS_ONE(url, ks_url),
};
