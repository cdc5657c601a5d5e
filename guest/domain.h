/* Running guests, by xl(1). */
#ifndef GUEST_DOMAIN_H
#define GUEST_DOMAIN_H

#include "base/door.h"
#include "base/json.h"
#include "guest/guest.h"

enum domain_state { DOMAIN_NONE, DOMAIN_RUNS, DOMAIN_PAUSED, DOMAIN_SHUTDOWN, DOMAIN_CRASHED };

struct domain_info {
	enum domain_state state;
	uint64_t id, memory_mib, vcpus, seconds;
};

/* Of one guest; state DOMAIN_NONE if it does not run. ERR_TOOL. */
int domain_info(const char *name, struct domain_info *ret, struct err *err);
const char *domain_state_name(enum domain_state state);
/* xl create FILE; again if only a script of Xen's was too slow, which leaves nothing behind. ERR_TOOL. */
int domain_create(const char *config, struct door *door, struct err *err);
/* Ask it to shut down and wait; destroy it after timeout_s if force. ERR_TOOL. */
int domain_stop(const char *name, unsigned timeout_s, bool force, struct door *door, struct err *err);
/* xl pause, or xl unpause. ERR_TOOL. */
int domain_pause(const char *name, bool pause, struct door *door, struct err *err);
int domain_destroy(const char *name, struct door *door, struct err *err);
/* Wait until it is gone. ERR_TOOL: it crashed; ERR_MACHINE: it still runs after timeout_s. */
int domain_wait_end(const char *name, unsigned timeout_s, struct err *err);

/*
 * Compare a running guest with its configuration, by XenStore: type, a vbd (phy) or qdisk and a vif for each
 * disk and NIC, connected; and, where it tells, what it says of itself in data/xenith. Both are waited for,
 * wait_s. ret gets a report (an object with "ok", "wrong": [...], ...), also where something is wrong.
 * ERR_MACHINE: something is.
 */
int guest_verify(const json_t *config, bool tells, unsigned wait_s, json_t **ret, struct err *err);

#endif
