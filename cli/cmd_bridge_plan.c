#include "base/util.h"
#include "cli/bridge_ks.h"
#include "cli/cli.h"
#include "netbridge/fallback.h"
#include "netbridge/kind.h"

struct values {
	const char *ks, *facts, *fallback;
	bool files, json;
};

static const struct opt opts[] = {
	{ "--ks", 0, OPT_STR, offsetof(struct values, ks), "FILE|URL",
	  "the kickstart file with the network lines" },
	{ "--facts", 0, OPT_STR, offsetof(struct values, facts), "DIR", "plan for a captured machine" },
	{ "--files", 0, OPT_FLAG, offsetof(struct values, files), NULL, "print the files too" },
	{ "--fallback", 0, OPT_STR, offsetof(struct values, fallback), "NIC[.VLAN]",
	  "what the first boot would do if the gateway were there alone" },
	{ "--json", 0, OPT_FLAG, offsetof(struct values, json), NULL, "print data instead of text" },
	{ 0 },
};

static void print(const struct net_plan *plan, const struct values *v)
{
	auto_buf b = { 0 };

	if (v->json) {
		auto_json *j = net_plan_json(plan);

		json_pretty(j, &b);
	} else {
		net_plan_print(plan, &b);
	}
	if (v->files && !v->json)
		net_plan_files(plan, &b);
	fputs(buf_str(&b), stdout);
}

/* What differs: the files of /run. */
static int print_fallback(const struct bridge_ks *net, const struct values *v, struct err *err)
{
	struct net_plan fallback = { 0 };
	struct net_units units = { 0 };
	struct net_way way;
	auto_buf b = { 0 };
	int r = net_fallback_way(&net->facts, v->fallback, &way, err);

	if (!r)
		r = net_fallback_plan(&net->plan, &way, &fallback, err);
	if (r)
		return r;
	print(&fallback, &(struct values){ .json = v->json });
	net_fallback_units(&net->plan, &fallback, &units);
	if (v->files && !v->json)
		net_units_print(&units, &b);
	fputs(buf_str(&b), stdout);
	net_units_clear(&units);
	net_plan_clear(&fallback);
	return 0;
}

static int run(void *arg, struct argv *args, struct err *err)
{
	const struct values *v = arg;
	struct bridge_ks net = { 0 };
	int r;

	(void)args;
	r = bridge_ks_plan(cmd_bridge_plan.name, v->ks, v->facts, &net, err);
	if (!r && v->fallback)
		r = print_fallback(&net, v, err);
	else if (!r)
		print(&net.plan, v);
	bridge_ks_clear(&net);
	return r;
}

const struct command cmd_bridge_plan = {
	.name = "bridge plan",
	.args = "",
	.summary = "Show the bridges, bonds and VLANs that a kickstart file wants, and their files",
	.opts = opts,
	.values_size = sizeof(struct values),
	.run = run,
};
