/* timesource: one time server or pool a line. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{ "--ntp-server", KS_STRING, KS_OFF(ks_timesource, ntp_server), .flags = KS_NOT_EMPTY, .group = 1 },
	{ "--ntp-pool", KS_STRING, KS_OFF(ks_timesource, ntp_pool), .flags = KS_NOT_EMPTY, .group = 1 },
	{ "--ntp-disable", KS_FLAG, KS_OFF(ks_timesource, ntp_disable), .group = 1 },
	{ "--nts", KS_FLAG, KS_OFF(ks_timesource, nts) },
	{ 0 },
};

static void check(struct ks_line *line, void *data)
{
	const struct ks_timesource *t = data;

	if (!t->ntp_server && !t->ntp_pool && !t->ntp_disable)
		ks_line_error(line, NULL, "one of --ntp-server, --ntp-pool and --ntp-disable is needed");
}

const struct ks_cmd ks_cmd_timesource = {
	.name = "timesource",
	.versions = KS_SINCE(F33, RHEL9),
	.opts = opts,
	.check = check,
	KS_MANY(timesources, ks_timesource),
};
