/* report, in %addon xenith: where progress is told. */
#include "base/util.h"
#include "kickstart/table.h"

static bool url(struct ks_line *line, const struct ks_opt *opt, const char **value)
{
	const char *host = str_starts(*value, "http://")    ? *value + 7
			   : str_starts(*value, "https://") ? *value + 8
							    : NULL;

	if (host && *host && *host != '/')
		return true;
	ks_line_error(line, opt->name, "is no http:// or https:// URL");
	return false;
}

static bool syslog(struct ks_line *line, const struct ks_opt *opt, const char **value)
{
	const char *scheme = strstr(*value, "://");

	if (**value && !strpbrk(*value, " \t/") && !scheme)
		return true;
	if (scheme && scheme[3] && !strpbrk(scheme + 3, " \t/") &&
	    (str_starts(*value, "udp://") || str_starts(*value, "tcp://") || str_starts(*value, "tls://")))
		return true;
	ks_line_error(line, opt->name, "\"%s\" is not HOST, udp://HOST, tcp://HOST or tls://HOST", *value);
	return false;
}

static const struct ks_opt opts[] = {
	{ "--url", KS_STRING, KS_OFF(ks_report, url), .convert = url, .flags = KS_SECRET_URL },
	{ "--syslog", KS_STRING, KS_OFF(ks_report, syslog), .convert = syslog },
	{ 0 },
};

static void check(struct ks_line *line, void *data)
{
	const struct ks_report *r = data;

	if (!r->url && !r->syslog)
		ks_line_error(line, NULL, "--url or --syslog is needed");
}

const struct ks_cmd ks_cmd_addon_report = {
	.name = "report",
	.versions = KS_ALWAYS,
	.opts = opts,
	.check = check,
	KS_ONE(report, ks_report),
};
