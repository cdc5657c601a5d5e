#include "netbridge/boot.h"

#include <time.h>

#include "base/util.h"
#include "netbridge/fallback.h"
#include "netbridge/live.h"
#include "netbridge/lldp.h"
#include "netbridge/probe.h"
#include "netbridge/verify.h"

#define ROUND_S 5
#define LEASE_S 90

/* What the steps share. */
struct booting {
	const struct net_plan *plan;
	const struct facts *facts;
	const struct net_boot_opts *opts;
	struct buf *report;
	struct arena a;
};

/* What is wrong may have nothing to do with the wire: a second machine with this address, say. */
static bool gateway_seen(const struct net_plan *plan, const struct net_findings *found)
{
	enum net_asked what = plan->manage ? net_asked_of(&plan->manage->addr) : NET_ASKED_NOTHING;
	bool ipv6 = what == NET_ASKED_ND || what == NET_ASKED_ROUTER;

	for (size_t i = 0; i < found->n; i++)
		if (found->v[i].ok && str_eq(found->v[i].check, "gateway") &&
		    !strchr(found->v[i].what, ':') == !ipv6)
			return true;
	return false;
}

/* Whether it works, in so many seconds; the last findings are in *ret. */
static bool wait_until_good(const struct net_plan *plan, unsigned wait_s, struct net_findings *ret)
{
	const struct net_verify_opts verify = { .wait_s = MAX(1, MIN(ROUND_S, wait_s)),
						.no_duplicates = true };
	const struct timespec pause = { .tv_sec = 1 };
	int64_t end = clock_ms(CLOCK_BOOTTIME) + (int64_t)wait_s * 1000;

	for (;;) {
		net_verify(plan, &verify, ret);
		if (!ret->n_grave || clock_ms(CLOCK_BOOTTIME) >= end)
			return !ret->n_grave;
		net_findings_clear(ret);
		nanosleep(&pause, NULL);
	}
}

static const struct net_way *first_answer(const struct net_ways *ways)
{
	for (size_t i = 0; i < ways->n; i++)
		if (ways->v[i].answered)
			return &ways->v[i];
	return NULL;
}

/* networkd gets the lease, or hears the router: it asks at longer and longer intervals. */
static bool lease_comes(const struct net_plan *plan)
{
	struct net_findings found = { 0 };
	bool good = wait_until_good(plan, LEASE_S, &found);

	net_findings_clear(&found);
	return good;
}

static bool gateway_answers(const struct net_plan *plan, struct log *log)
{
	const struct net_if *dev = plan->manage;
	const struct net_address *addr = &dev->addr;
	const char *name = dev->nic ? dev->nic->name : dev->name;
	struct err err = { 0 };
	struct net_dev nd;
	char mac[18];

	switch (net_asked_of(addr)) {
	case NET_ASKED_ARP:
		return !net_dev_open(name, log, &nd, &err) &&
		       !net_arp_wait(&nd, addr->ip, addr->gateway, ROUND_S * 2, &err);
	case NET_ASKED_ND:
		return net_nd_answers(name, addr->ipv6gateway, ROUND_S * 2, mac);
	default:
		return lease_comes(plan);
	}
}

/* Move there, and look whether it helped. */
static bool move_to(struct booting *b, const struct net_way *way)
{
	struct net_plan fallback = { 0 };
	struct err err = { 0 };
	bool good = false;

	if (!net_fallback_plan(b->plan, way, &fallback, &err) &&
	    !net_fallback_apply(b->plan, &fallback, b->opts->log, &err)) {
		good = gateway_answers(&fallback, b->opts->log);
		if (!good)
			err_set(&err, ERR_NET_GATEWAY, "the gateway does not answer there either");
	}
	net_plan_clear(&fallback);
	if (good)
		return true;
	buf_addf(b->report, "fallback to ");
	net_way_print(way, b->report);
	buf_addf(b->report, ": %s\n", err.msg);
	if (net_fallback_undo(b->plan, b->opts->log, &err))
		buf_addf(b->report, "%s\n", err.msg);
	return false;
}

/* "gateway 192.0.2.1 (52:54:…)" */
static void print_wanted(struct booting *b, const char *mac)
{
	const struct net_address *addr = &b->plan->manage->addr;

	switch (net_asked_of(addr)) {
	case NET_ASKED_DHCP:
		buf_adds(b->report, "a DHCP server");
		break;
	case NET_ASKED_ROUTER:
		buf_adds(b->report, "an IPv6 router");
		break;
	case NET_ASKED_ND:
		buf_addf(b->report, "gateway %s", addr->ipv6gateway);
		break;
	default:
		buf_addf(b->report, "gateway %s", addr->gateway);
		break;
	}
	if (mac)
		buf_addf(b->report, " (%s)", mac);
}

static void tell_asked(struct booting *b, const struct net_ways *ways)
{
	print_wanted(b, NULL);
	buf_adds(b->report, " was asked for on ");
	for (size_t i = 0; i < ways->n; i++) {
		if (i)
			buf_adds(b->report, "; ");
		net_way_print(&ways->v[i], b->report);
	}
	buf_adds(b->report, ": no answer\n");
}

static enum net_boot_state fall_back(struct booting *b)
{
	const struct net_if *manage = b->plan->manage;
	const struct net_way *way;
	struct net_ways ways;

	net_fallback_ways(b->plan, b->facts, &b->a, &ways);
	if (!ways.n)
		return NET_BOOT_DEGRADED;
	net_ways_ask(&ways, manage, b->opts->ask_s);
	while ((way = first_answer(&ways))) {
		struct net_way *tried = &ways.v[way - ways.v];

		if (move_to(b, way)) {
			buf_addf(b->report, "fallback: %s is on ", manage->name);
			net_way_print(way, b->report);
			buf_adds(b->report, " until the next boot: ");
			print_wanted(b, way->mac);
			buf_adds(b->report, " answers there\n");
			return NET_BOOT_FALLBACK;
		}
		tried->answered = false;
	}
	tell_asked(b, &ways);
	return NET_BOOT_DEGRADED;
}

static void tell_switches(struct booting *b, struct net_lldp_listener *l)
{
	net_lldp_read(l, 0);
	for (size_t i = 0; i < b->facts->n_nics; i++) {
		const struct net_lldp *lldp = net_lldp_of(l, b->facts->nics[i].name);

		if (!lldp)
			continue;
		buf_addf(b->report, "%s: ", b->facts->nics[i].name);
		net_lldp_print(lldp, b->report);
		buf_addc(b->report, '\n');
	}
}

enum net_boot_state net_boot_check(const struct net_plan *plan, const struct facts *facts,
				   const struct net_boot_opts *opts, struct buf *report)
{
	struct booting b = { plan, facts, opts, report, { 0 } };
	struct net_lldp_listener *l;
	struct net_findings found = { 0 };
	enum net_boot_state state = NET_BOOT_OK;

	l = net_lldp_open(facts); /* it sets spare NICs up, too: a switch lets nothing through at first */
	if (!wait_until_good(plan, opts->wait_s, &found)) {
		net_findings_print(&found, NET_FINDINGS_GRAVE, report);
		state = NET_BOOT_DEGRADED;
		if (!gateway_seen(plan, &found) && !opts->no_fallback)
			state = fall_back(&b);
		tell_switches(&b, l);
	}
	net_findings_clear(&found);
	net_lldp_close(l);
	arena_clear(&b.a);
	return state;
}

const char *net_boot_state_name(enum net_boot_state state)
{
	static const char *const names[] = { "ok", "fallback", "degraded" };

	return names[state];
}
