#include <glob.h>

#include "base/file.h"
#include "base/run.h"
#include "base/util.h"
#include "netbridge/fallback.h"
#include "netbridge/kind.h"
#include "netbridge/state.h"

static int make_live(const struct net_plan *plan, struct log *log, struct err *err)
{
	struct net_state now = { 0 }, want = { 0 };
	struct net_batch batch = { 0 };
	struct arena a = { 0 };
	int r = net_state_read(&a, &now, err);

	if (!r)
		r = net_state_want(plan, &now, &a, &want, err);
	if (!r) {
		net_batch_make(&now, &want, &batch);
		r = net_batch_send(&batch, log, err);
	}
	net_no_ipv6(plan);
	net_batch_clear(&batch);
	arena_clear(&a);
	return r;
}

static void remove_units(void)
{
	glob_t found = { 0 };

	if (glob(NET_FALLBACK_DIR "/*-xenith-fallback-*", 0, NULL, &found) == 0)
		for (size_t i = 0; i < found.gl_pathc; i++)
			unlink(found.gl_pathv[i]);
	globfree(&found);
}

static int write_units(const struct net_plan *plan, const struct net_plan *fallback, struct err *err)
{
	struct net_units units = { 0 };
	int r = 0;

	net_fallback_units(plan, fallback, &units);
	for (size_t i = 0; i < units.n && !r; i++)
		r = file_write(units.v[i].name, buf_str(&units.v[i].text), units.v[i].text.len, 0644, err);
	net_units_clear(&units);
	return r;
}

static void reload(const struct net_plan *plan, struct log *log)
{
	auto_run run = { .log = log, .timeout_s = 60 };
	struct err ignored = { 0 };

	if (plan->files != NET_FILES_NETWORKD || !file_exists("/run/systemd/netif/state"))
		return;
	argv_addl(&run.argv, "networkctl", "reload", NULL);
	run_argv(&run, &ignored);
}

/* networkd reads the files first: what it finds changed behind it otherwise, it would change back. */
int net_fallback_apply(const struct net_plan *plan, const struct net_plan *fallback, struct log *log,
		       struct err *err)
{
	int r;

	remove_units();
	r = write_units(plan, fallback, err);
	if (!r)
		r = make_live(fallback, log, err);
	if (!r)
		reload(plan, log);
	return r;
}

int net_fallback_undo(const struct net_plan *plan, struct log *log, struct err *err)
{
	int r = make_live(plan, log, err); /* it looks at the files for what the fallback has put where */

	remove_units();
	reload(plan, log);
	return r;
}
