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

/* A name below /dev/mapper: what device-mapper takes, and no name that multipath or LVM gives by itself. */
static bool alias(struct ks_line *line, const struct ks_opt *opt, const char **value)
{
	const char *s = *value;

	if (strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") != strlen(s) ||
	    !*s || *s == '-' || *s == '.' || strlen(s) > 100)
		ks_line_error(
			line, opt->name,
			"\"%s\" is no name for a map: letters, digits, \".\", \"_\" and \"-\" are allowed",
			s);
	else if (str_starts(s, "mpath") || strcmp(s, "control") == 0 || str_starts(s, "dm-"))
		ks_line_error(line, opt->name, "\"%s\" is a name that others give by themselves", s);
	else
		return true;
	return false;
}

static const struct ks_opt opts[] = {
	{ "--wwid", KS_STRING, KS_OFF(ks_lun, wwid), .required = KS_ALWAYS, .convert = wwid },
	{ "--alias", KS_STRING, KS_OFF(ks_lun, alias), .convert = alias },
	{ "--min-paths", KS_INT, KS_OFF(ks_lun, min_paths), .none = -1, .min = 1, .max = 1024 },
	{ "--wait", KS_INT, KS_OFF(ks_lun, wait_s), .none = -1, .min = 0, .max = 3600 },
	{ "--vg", KS_STRING, KS_OFF(ks_lun, vg), .flags = KS_NOT_EMPTY },
	{ "--join", KS_FLAG, KS_OFF(ks_lun, join) },
	{ "--root", KS_FLAG, KS_OFF(ks_lun, root) },
	{ 0 },
};

/* The digits alone: a WWID may be written with or without its type digit 3, "0x", "wwn-" and "naa.". */
static const char *digits(const char *s)
{
	const char *x = strrchr(s, 'x'), *dot = strrchr(s, '.');
	size_t n;

	s = x ? x + 1 : dot ? dot + 1 : s;
	n = strlen(s);
	return *s == '3' && (n == 17 || n == 33) ? s + 1 : s;
}

static void check(struct ks_line *line, void *data)
{
	const struct ks_lun *l = data;

	if (l->join && !l->vg)
		ks_line_error(line, "--join", "needs --vg: the group that is joined");
	if (l->root && l->vg)
		ks_line_error(line, "--root",
			      "excludes --vg: a LUN holds the system or a group of guests' volumes");
	for (size_t i = 0; i + 1 < line->ks->n_luns; i++) {
		const struct ks_lun *o = &line->ks->luns[i];

		if (o->wwid && strcasecmp(digits(o->wwid), digits(l->wwid)) == 0)
			ks_line_error(line, l->wwid, "this LUN was already named on line %u", o->at.line);
		if (o->alias && l->alias && strcmp(o->alias, l->alias) == 0)
			ks_line_error(line, l->alias, "this alias was already given on line %u", o->at.line);
		if (o->root && l->root)
			ks_line_error(line, "--root", "was already said on line %u", o->at.line);
		if (o->vg && l->vg && strcmp(o->vg, l->vg) == 0 && !(o->join && l->join))
			ks_line_error(line, l->vg, "this volume group was already named on line %u",
				      o->at.line);
	}
}

const struct ks_cmd ks_cmd_addon_lun = {
	.name = "lun",
	.versions = KS_ALWAYS,
	.opts = opts,
	.check = check,
	KS_MANY(luns, ks_lun),
};
