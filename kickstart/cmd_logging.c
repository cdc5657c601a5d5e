/* logging: where the installer logs to. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_choice levels[] = { { "debug", 0 }, { "info", 0 },     { "warning", 0 },
					   { "error", 0 }, { "critical", 0 }, { 0 } };

static const struct ks_opt opts[] = {
	{ "--host", KS_STRING, KS_OTHER },
	{ "--level", KS_CHOICE, .versions = KS_BETWEEN(FC6, F39, RHEL5, RHEL9),
	  .deprecated = KS_BETWEEN(F34, F39, RHEL9, RHEL9), .choices = levels, .flags = KS_FORGETS },
	{ "--port", KS_STRING, KS_OTHER },
	{ 0 },
};

static void check(struct ks_line *line, void *data)
{
	const char *host = ks_other_word(data, "--host"), *port = ks_other_word(data, "--port");

	if (port && *port && !(host && *host))
		ks_line_error(line, "--port", "needs --host");
}

const struct ks_cmd ks_cmd_logging = {
	.name = "logging",
	.versions = KS_SINCE(FC6, RHEL5),
	.opts = opts,
	.check = check,
};
