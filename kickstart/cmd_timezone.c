/* timezone: the zone, whether the clock runs in UTC, and time servers until timesource took them over. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{ "ZONE", KS_STRING, KS_OFF(ks_timezone, timezone), .required = KS_UNTIL(F24, RHEL6),
	  .flags = KS_FORGETS },
	{ "--utc", KS_FLAG, KS_OFF(ks_timezone, utc) },
	{ "--isUtc", KS_FLAG, KS_OFF(ks_timezone, utc),
	  .versions = KS_RANGE(FC6, F45) | KS_RANGE(RHEL5, RHEL9), .deprecated = KS_SINCE_F(F40),
	  .instead = "write --utc" },
	{ "--nontp", KS_FLAG, KS_OFF(ks_timezone, nontp),
	  .versions = KS_RANGE(F18, F45) | KS_RANGE(RHEL7, RHEL9), .deprecated = KS_SINCE_F(F40),
	  .instead = "write timesource --ntp-disable" },
	{ "--ntpservers", KS_LIST, KS_OFF(ks_timezone, ntpservers),
	  .versions = KS_RANGE(F18, F45) | KS_RANGE(RHEL7, RHEL9), .deprecated = KS_SINCE_F(F40),
	  .instead = "write timesource --ntp-server=SERVER" },
	{ 0 },
};

static void check(struct ks_line *line, void *data)
{
	const struct ks_timezone *t = data;

	if (t->nontp && t->ntpservers.n)
		ks_line_error(line, "--nontp", "contradicts --ntpservers");
	else if (line->n_words == 1)
		ks_line_error(line, NULL, "ZONE is missing");
}

const struct ks_cmd ks_cmd_timezone = {
	.name = "timezone",
	.versions = KS_ALWAYS,
	.opts = opts,
	.check = check,
	KS_ONE(timezone, ks_timezone),
};
