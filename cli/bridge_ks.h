/* What a kickstart file's `network` lines come to, for the commands of xenith bridge. */
#ifndef CLI_BRIDGE_KS_H
#define CLI_BRIDGE_KS_H

#include "netbridge/netbridge.h"

struct bridge_ks {
	struct facts facts;
	struct ks ks;
	struct net_plan plan;
};

/*
 * Plan FILE or URL for this machine, or for the captured one of facts_dir. command is named where file is
 * NULL: ERR_USAGE. Clear ret after an error too.
 */
int bridge_ks_plan(const char *command, const char *file, const char *facts_dir, struct bridge_ks *ret,
		   struct err *err);
void bridge_ks_clear(struct bridge_ks *b);

#endif
