/* The first boot's look at the network: proven, or a fallback that keeps the host reachable. */
#ifndef NETBRIDGE_BOOT_H
#define NETBRIDGE_BOOT_H

#include "base/log.h"
#include "netbridge/netbridge.h"

enum net_boot_state {
	NET_BOOT_OK,       /* the gateway answers where the plan has it */
	NET_BOOT_FALLBACK, /* it answers elsewhere, and the host's address is there now */
	NET_BOOT_DEGRADED, /* nothing answers: all is left as the plan says */
};

struct net_boot_opts {
	unsigned wait_s; /* for the gateway */
	unsigned ask_s;  /* on the other ways */
	bool no_fallback;
	struct log *log; /* may be NULL */
};

/*
 * Wait until the plan's network works. If its gateway stays away, ask for it on the management's other ways
 * (netbridge/fallback.h) and move the address to the first that answers; without an answer nothing is
 * changed. report: what was seen and done, a line each, for people; empty when all is well.
 */
enum net_boot_state net_boot_check(const struct net_plan *plan, const struct facts *facts,
				   const struct net_boot_opts *opts, struct buf *report);
const char *net_boot_state_name(enum net_boot_state state); /* "ok", "fallback", "degraded" */

#endif
