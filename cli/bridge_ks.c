#include "cli/bridge_ks.h"

#include "cli/ks_read.h"

int bridge_ks_plan(const char *command, const char *file, const char *facts_dir, struct bridge_ks *ret,
		   struct err *err)
{
	int r;

	if (!file)
		return err_set(err, ERR_USAGE, "%s wants --ks FILE: the network lines", command);
	r = facts_read_ports(facts_dir ? facts_dir : "/", &ret->facts, err);
	if (!r)
		r = ks_read_file(file, &ret->ks, err);
	return r ? r : net_plan_make(&ret->facts, &ret->ks, &ret->plan, err);
}

void bridge_ks_clear(struct bridge_ks *b)
{
	net_plan_clear(&b->plan);
	ks_clear(&b->ks);
	facts_clear(&b->facts);
}
