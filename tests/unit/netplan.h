/* Plans of the network from kickstart text, for tests of what becomes of them. */
#ifndef TESTS_NETPLAN_H
#define TESTS_NETPLAN_H

#include "netbridge/netbridge.h"

/* The plan points into the text's ks. */
struct planned {
	struct ks ks;
	struct net_plan plan;
};

static inline int plan_try(const struct facts *facts, const char *text, struct planned *ret, struct err *err)
{
	struct ks_parse_opts opts = { 0 };
	struct ks_diags diags = { 0 };
	int r = ks_parse("host.ks", text, strlen(text), &opts, &ret->ks, &diags, err);

	if (!r)
		r = net_plan_make(facts, &ret->ks, &ret->plan, err);
	ks_diags_clear(&diags);
	return r;
}

static inline void plan_clear(struct planned *p)
{
	net_plan_clear(&p->plan);
	ks_clear(&p->ks);
	*p = (struct planned){ 0 };
}

/* In the place of what was there. */
static inline void plan_of(const struct facts *facts, const char *text, struct planned *ret)
{
	struct err err = { 0 };

	plan_clear(ret);
	plan_try(facts, text, ret, &err);
	assert_string_equal(err.msg, "");
}

#endif
