/* firewall: what may come in. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{ "--disable", KS_FLAG, .alias = "--disabled", .rival = 1 },
	{ "--enable", KS_FLAG, .alias = "--enabled", .rival = 1 },
	{ "--ftp", KS_FLAG, .pool = 1, .flags = KS_STAYS },
	{ "--high", KS_STRING, .versions = KS_UNTIL(F8, RHEL5), .deprecated = KS_UNTIL(F8, RHEL5) },
	{ "--http", KS_FLAG, .pool = 1, .flags = KS_STAYS },
	{ "--medium", KS_STRING, .versions = KS_UNTIL(F8, RHEL5), .deprecated = KS_UNTIL(F8, RHEL5) },
	{ "--port", KS_LIST, .versions = KS_UNTIL(F9, RHEL5), .pool = 1, .flags = KS_APPEND },
	{ "--port", KS_LIST, .versions = KS_SINCE(F10, RHEL6), .flags = KS_APPEND },
	{ "--remove-service", KS_LIST, .versions = KS_SINCE(F20, RHEL7), .flags = KS_APPEND },
	{ "--service", KS_LIST, .versions = KS_SINCE(F10, RHEL6), .pool = 1, .flags = KS_APPEND },
	{ "--smtp", KS_FLAG, .pool = 1, .flags = KS_STAYS },
	{ "--ssh", KS_FLAG, .pool = 1, .flags = KS_STAYS },
	{ "--telnet", KS_FLAG, .versions = KS_UNTIL(F9, RHEL5), .pool = 1, .flags = KS_STAYS },
	{ "--telnet", KS_STRING, .versions = KS_BETWEEN(F10, F13, RHEL6, RHEL6),
	  .deprecated = KS_BETWEEN(F10, F13, RHEL6, RHEL6) },
	{ "--trust", KS_LIST, .flags = KS_APPEND | KS_WHOLE },
	{ "--use-system-defaults", KS_FLAG, .versions = KS_SINCE(F28, RHEL8) },
	{ 0 },
};

const struct ks_cmd ks_cmd_firewall = {
	.name = "firewall",
	.versions = KS_ALWAYS,
	.opts = opts,
};
