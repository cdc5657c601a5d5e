/*
 * Each line alone: what is wrong with it whatever the machine and the other lines are.
 *
 * This goes first, so that all such errors are told in one pass; the steps of the plan find them again where
 * autopart or guard --keep-vg made lines of their own.
 */
#include "base/util.h"
#include "installer/disk/plan.h"

int plan_lines(struct planner *p, struct err *err)
{
	const struct ks *ks = p->ks;

	for (size_t i = 0; i < ks->n_parts; i++)
		if (!ks->parts[i].onpart && plan_check_part(p, &ks->parts[i], err))
			plan_wrong(p, err);
	for (size_t i = 0; i < ks->n_raids; i++)
		if (plan_check_raid(p, &ks->raids[i], err))
			plan_wrong(p, err);
	for (size_t i = 0; i < ks->n_volgroups; i++)
		if (!ks->volgroups[i].useexisting && !ks->volgroups[i].noformat &&
		    plan_check_vg(&ks->volgroups[i], err))
			plan_wrong(p, err);
	for (size_t i = 0; i < ks->n_logvols; i++)
		if (!ks->logvols[i].useexisting && !ks->logvols[i].noformat &&
		    plan_check_lv(p, &ks->logvols[i], err))
			plan_wrong(p, err);
	return 0;
}
