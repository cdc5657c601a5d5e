#include "base/util.h"
#include "cli/bridge_ks.h"
#include "cli/cli.h"
#include "netbridge/change.h"

#define TIMER_S 60

struct values {
	const char *ks;
	uint64_t timer_s;
	bool no_files, dry_run;
};

static const struct opt opts[] = {
	{ "--ks", 0, OPT_STR, offsetof(struct values, ks), "FILE|URL",
	  "the kickstart file with the network lines" },
	{ "--timer", 0, OPT_U64, offsetof(struct values, timer_s), "SECONDS",
	  "roll back unless confirmed within so many (60)" },
	{ "--no-files", 0, OPT_FLAG, offsetof(struct values, no_files), NULL,
	  "change the network in use, and no file" },
	{ "--dry-run", 0, OPT_FLAG, offsetof(struct values, dry_run), NULL, "print the steps only" },
	{ 0 },
};

static int dry_run(const struct net_plan *plan, struct err *err)
{
	struct net_state now = { 0 }, want = { 0 };
	struct net_batch batch = { 0 };
	struct arena a = { 0 };
	auto_buf b = { 0 };
	int r = net_state_read(&a, &now, err);

	if (!r)
		r = net_state_want(plan, &now, &a, &want, err);
	if (!r) {
		net_batch_make(&now, &want, &batch);
		net_batch_print(&batch, &b);
		fputs(b.len ? buf_str(&b) : "network: all is as the plan says\n", stdout);
	}
	net_batch_clear(&batch);
	arena_clear(&a);
	return r;
}

static int apply(const struct net_plan *plan, const struct values *v, struct err *err)
{
	struct net_change_opts change = { .timer_s = v->timer_s ? (unsigned)v->timer_s : TIMER_S,
					  .no_files = v->no_files };
	struct log *log = log_new(NULL);
	auto_buf done = { 0 };
	int r = net_change_apply(plan, &change, log, &done, err);

	if (!r && !done.len)
		puts("network: all is as the plan says");
	else if (!r)
		printf("%sapplied; rolled back in %u s unless you say: xenith bridge confirm\n",
		       buf_str(&done), change.timer_s);
	log_free(log);
	return r;
}

static int run(void *arg, struct argv *args, struct err *err)
{
	const struct values *v = arg;
	struct bridge_ks net = { 0 };
	int r;

	(void)args;
	if (v->timer_s > 86400)
		return err_set(err, ERR_USAGE, "--timer: at most a day, 86400 s");
	r = bridge_ks_plan(cmd_bridge_apply.name, v->ks, NULL, &net, err);
	if (!r)
		r = v->dry_run ? dry_run(&net.plan, err) : apply(&net.plan, v, err);
	bridge_ks_clear(&net);
	return r;
}

const struct command cmd_bridge_apply = {
	.name = "bridge apply",
	.args = "",
	.summary = "Change this host's network to what a kickstart file wants; rolled back unless confirmed",
	.opts = opts,
	.values_size = sizeof(struct values),
	.run = run,
};
