/* The parts of the planner. Each adds what is wrong to p->errors and goes on. */
#ifndef GUEST_PLAN_PRIV_H
#define GUEST_PLAN_PRIV_H

#include "guest/guest.h"

struct planner {
	const struct guest_host *host;
	const struct guest_spec *spec;
	struct guest_plan *plan;
	struct buf errors;
	size_t n_errors;
	bool machine; /* one of them is the machine's, not the caller's */
};

void gplan_wrong(struct planner *p, const char *word, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void gplan_machine(struct planner *p, const char *word, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

void gplan_disks(struct planner *p);  /* plan_disk.c */
void gplan_nics(struct planner *p);   /* plan_nic.c */
void gplan_type(struct planner *p);   /* plan_type.c */
void gplan_config(struct planner *p); /* config.c: plan->config and plan->install */

#endif
