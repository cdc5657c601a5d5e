/* Change a running host's network to what a plan says, live and in its files, with a way back. */
#ifndef NETBRIDGE_CHANGE_H
#define NETBRIDGE_CHANGE_H

#include "netbridge/guardian.h"

struct net_change_opts {
	unsigned timer_s;                    /* to confirm in */
	const struct net_guard_paths *paths; /* NULL: the real places */
	bool no_files;                       /* only live */
};

/*
 * Guardian first, then one batch of rtnetlink messages, then the files, then systemd-networkd reads them.
 * *done lists the steps ("network: put eno1 under xenbr0", a line each); empty: it is all as the plan says,
 * and nothing was touched. What fails is rolled back before this returns.
 */
int net_change_apply(const struct net_plan *plan, const struct net_change_opts *opts, struct log *log,
		     struct buf *done, struct err *err);

#endif
