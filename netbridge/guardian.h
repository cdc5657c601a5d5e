/*
 * A change of the network that is taken back unless it is confirmed in time.
 *
 * The guardian is a process of its own (own session, no terminal) that holds the state from before in memory
 * and a copy of the files on disk. It is there before anything is changed, and restores links, addresses,
 * routes and files when the time is over, when the one who makes the change dies half-way, or when asked. If
 * the machine boots in between, xenith-net-rollback.service restores the files before the network is brought
 * up.
 */
#ifndef NETBRIDGE_GUARDIAN_H
#define NETBRIDGE_GUARDIAN_H

#include <sys/un.h>

#include "netbridge/state.h"

#define NET_GUARD_LOG "/var/log/xenith/net-change.log"

/* Where it all is; NULLs are the real places. For tests. */
struct net_guard_paths {
	const char *pending; /* copies of the files: /var/lib/xenith/net-change */
	const char *socket;  /* /run/xenith/net-guardian */
	const char *units;   /* /etc/systemd/system */
};

struct net_guard {
	int link; /* to the guardian: its other end sees this process die */
};

/*
 * Keep copies of files (paths, NULL-terminated; those absent will be removed again), and start the guardian.
 * now is what it restores; changing is what the change will be told by, for its log. ERR_INPUT if there is an
 * unconfirmed change already.
 */
int net_guard_start(const struct net_guard_paths *paths, const char *const *files,
		    const struct net_state *now, unsigned timer_s, struct net_guard *ret, struct err *err);
/* The change is made: from now on only the timer counts. */
int net_guard_applied(struct net_guard *guard, struct err *err);
/* Take it back now, and wait for that; for a change that failed. */
void net_guard_undo(struct net_guard *guard);

/* `xenith bridge confirm`, `rollback`: ask the guardian. ERR_MACHINE when there is no unconfirmed change. */
int net_guard_confirm(const struct net_guard_paths *paths, struct err *err);
int net_guard_rollback(const struct net_guard_paths *paths, struct err *err);
/* At boot: restore the files of a change that nobody confirmed. 0 also when there is none; *restored says. */
int net_guard_boot(const struct net_guard_paths *paths, bool *restored, struct err *err);

/* Where it listens. */
int guard_address(const struct net_guard_paths *paths, struct sockaddr_un *ret, struct err *err);

#endif
