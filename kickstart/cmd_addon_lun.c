/* lun, in %addon xenith: a SAN volume that this host may use. */
#include "base/util.h"
#include "kickstart/table.h"

/* A WWID as multipath prints it: 3 (NAA) or another type digit and hex digits, or the words of wwn-0x... */
static bool wwid(struct ks_line *line, const struct ks_opt *opt, const char **value)
{
	static const char hex[] = "0123456789abcdefABCDEF";
	const char *s = *value;
	size_t n;

	if (strncasecmp(s, "wwn-", 4) == 0)
		s += 4;
	if (strncasecmp(s, "0x", 2) == 0 || strncasecmp(s, "naa.", 4) == 0 || strncasecmp(s, "eui.", 4) == 0)
		s += *s == '0' ? 2 : 4;
	n = strspn(s, hex);
	if (!s[n] && n >= 16 && n <= 33)
		return true;
	ks_line_error(line, opt->name,
		      "\"%s\" is no WWID: 16 to 33 hex digits are wanted, as multipath -ll shows them",
		      *value);
	return false;
}

static const struct ks_opt opts[] = {
	{ "--wwid", KS_STRING, KS_OFF(ks_lun, wwid), .required = KS_ALWAYS, .convert = wwid },
	{ "--min-paths", KS_INT, KS_OFF(ks_lun, min_paths), .none = -1, .min = 1, .max = 1024 },
	{ "--vg", KS_STRING, KS_OFF(ks_lun, vg), .flags = KS_NOT_EMPTY },
	{ "--join", KS_FLAG, KS_OFF(ks_lun, join) },
	{ 0 },
};

static void check(struct ks_line *line, void *data)
{
	const struct ks_lun *l = data;

	if (l->join && !l->vg)
		ks_line_error(line, "--join", "needs --vg: the group that is joined");
	for (size_t i = 0; i + 1 < line->ks->n_luns; i++)
		if (line->ks->luns[i].wwid && strcasecmp(line->ks->luns[i].wwid, l->wwid) == 0)
			ks_line_error(line, l->wwid, "this LUN was already named on line %u",
				      line->ks->luns[i].at.line);
}

const struct ks_cmd ks_cmd_addon_lun = {
	.name = "lun",
	.versions = KS_ALWAYS,
	.opts = opts,
	.check = check,
	KS_MANY(luns, ks_lun),
};
