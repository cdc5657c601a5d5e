/* volgroup: a volume group of partitions pv.N. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{ "NAME", KS_STRING, KS_OFF(ks_volgroup, name), .required = KS_ALWAYS },
	{ "--noformat", KS_FLAG, KS_OFF(ks_volgroup, noformat) },
	{ "--useexisting", KS_FLAG, KS_OFF(ks_volgroup, useexisting) },
	{ "--pesize", KS_INT, KS_OFF(ks_volgroup, pesize_kib), .none = -1, .flags = KS_SIZE },
	{ "--reserved-space", KS_INT, KS_OFF(ks_volgroup, reserved_space), .versions = KS_SINCE(F16, RHEL6),
	  .none = -1 },
	{ "--reserved-percent", KS_INT, KS_OFF(ks_volgroup, reserved_percent),
	  .versions = KS_SINCE(F16, RHEL6), .none = -1 },
	{ "PV", KS_LIST, KS_OFF(ks_volgroup, pvs) },
	{ 0 },
};

static void check(struct ks_line *line, void *data)
{
	struct ks_volgroup *v = data;
	bool keeps = v->noformat || v->useexisting;

	/* As the reference: what is left over are the members. */
	if (line->strays.n)
		v->pvs = line->strays;
	if (!keeps && !v->pvs.n)
		ks_line_error(line, NULL, "members are missing: partitions named pv.1, pv.2, ...");
	else if (keeps && v->pvs.n)
		ks_line_error(line, v->pvs.v[0], "a group that is kept as it is takes no members");
	if (ks_line_gave(line, "--reserved-space") && v->reserved_space < 0)
		ks_line_error(line, "--reserved-space", "must not be negative");
	if (ks_line_gave(line, "--reserved-percent") &&
	    (v->reserved_percent <= 0 || v->reserved_percent >= 100))
		ks_line_error(line, "--reserved-percent", "must be from 1 to 99");
}

static const char *const conflicts[] = { "autopart", "mount", NULL };

const struct ks_cmd ks_cmd_volgroup = {
	.name = "volgroup",
	.versions = KS_ALWAYS,
	.opts = opts,
	.check = check,
	.strays = true,
	.conflicts = conflicts,
	.conflicting = KS_SINCE(F16, RHEL6),
	KS_MANY(volgroups, ks_volgroup),
};
