/* lang: the locale of the installed system. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{ "LANG", KS_STRING, KS_OFF(ks_lang, lang), .required = KS_ALWAYS },
	{ "--addsupport", KS_LIST, KS_OFF(ks_lang, addsupport), .versions = KS_SINCE(F19, RHEL7) },
	{ 0 },
};

const struct ks_cmd ks_cmd_lang = {
	.name = "lang",
	.versions = KS_ALWAYS,
	.opts = opts,
	KS_ONE(lang, ks_lang),
};
