/* Is the network what the plan says, and does it work? By facts, not by a ping that the wrong interface
 * answers. */
#ifndef NETBRIDGE_VERIFY_H
#define NETBRIDGE_VERIFY_H

#include "base/json.h"
#include "netbridge/netbridge.h"

struct net_verify_opts {
	const char *mirror; /* URL of a server that must be reached; NULL: none */
	const char *sys;    /* "/sys" */
	unsigned wait_s;    /* for the gateway: a switch port with STP lets nothing through for 30 s */
	bool no_duplicates; /* leave the probe for a duplicate address out, which takes 5 s */
	struct log *log;    /* may be NULL */
};

struct net_finding {
	const char *check; /* "address", "ports", "gateway", ... */
	const char *what;  /* the device or address */
	const char *seen;  /* one sentence */
	bool ok;
	bool grave; /* dom0 itself depends on it: not DNS, a bond's second leg, or the guests' cable */
};

struct net_findings {
	struct arena arena;
	struct net_finding *v;
	size_t n, n_bad, n_grave;
};

/* Every check is made, whatever the others say. */
void net_verify(const struct net_plan *plan, const struct net_verify_opts *opts, struct net_findings *ret);
/* How bad a finding must be to be printed. */
enum net_findings_which { NET_FINDINGS_ALL, NET_FINDINGS_BAD, NET_FINDINGS_GRAVE };

/* "ok address xenbr0: …" or "WRONG …", one a line. */
void net_findings_print(const struct net_findings *findings, enum net_findings_which which, struct buf *b);
json_t *net_findings_json(const struct net_findings *findings);
void net_findings_clear(struct net_findings *findings);

#endif
