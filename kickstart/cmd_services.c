/* services: units to enable and disable. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{ "--disabled", KS_LIST, KS_OFF(ks_services, disabled) },
	{ "--enabled", KS_LIST, KS_OFF(ks_services, enabled) },
	{ 0 },
};

static void check(struct ks_line *line, void *data)
{
	const struct ks_services *s = data;

	if (!s->enabled.n && !s->disabled.n)
		ks_line_error(line, NULL, "--enabled or --disabled is needed");
}

const struct ks_cmd ks_cmd_services = {
	.name = "services",
	.versions = KS_SINCE(FC6, RHEL5),
	.opts = opts,
	.check = check,
	KS_ONE(services, ks_services),
};
