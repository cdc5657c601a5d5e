#include "installer/san.h"

#include "base/util.h"
#include "multipath/live.h"
#include "multipath/root.h"

#define STEP "multipath"

static void progress(void *arg, const char *text)
{
	struct install_run *run = arg;

	event_send(run->events, STEP, EVENT_PROGRESS, "%s", text);
}

static int bring_up(struct install_run *run, struct err *err)
{
	int r = mpath_live_start(&run->ks, MPATH_NEVER_QUEUE, &run->door, err);

	event_send(run->events, STEP, EVENT_START, "waiting for the paths to %zu LUN%s", run->ks.n_luns,
		   run->ks.n_luns == 1 ? "" : "s");
	return r ? r : mpath_live_wait(&run->ks, &run->door, progress, run, &run->san, err);
}

/* Disks are read anew: paths have come, and the maps hold them now. */
static int see_maps(struct install_run *run, struct err *err)
{
	const struct mpath_lun_plan *root = mpath_plan_root(&run->san_plan);
	int r = mpath_live_maps(&run->san_plan, &run->door, progress, run, err);
	auto_free char *map = !r && root ? mpath_map_of(root->wwid) : NULL;

	if (r)
		return r;
	facts_clear(&run->facts);
	r = facts_read("/", &run->facts, err);
	if (!r)
		mpath_root_facts(&run->san_plan, map, &run->facts);
	return r;
}

static int look_and_plan(struct install_run *run, struct err *err)
{
	bool live = run->opts->from_cmdline;
	int r;

	if (live)
		r = bring_up(run, err);
	else
		r = mpath_read(run->opts->facts_dir ? run->opts->facts_dir : "/", &run->san, err);
	if (!r)
		r = mpath_plan_make(&run->san, &run->ks, live, &run->san_plan, err);
	if (r)
		return r;
	if (live)
		return see_maps(run, err);
	mpath_root_facts(&run->san_plan, NULL, &run->facts);
	return 0;
}

int install_san(struct install_run *run, struct err *err)
{
	int r;

	if (!run->ks.n_luns)
		return 0;
	run->step = STEP;
	r = look_and_plan(run, err);
	return r == -ERR_TOOL ? err_about(err, ERR_SAN_TOOL, false) : r;
}
