#include "base/util.h"
#include "cli/bridge_ks.h"
#include "cli/cli.h"
#include "netbridge/verify.h"

struct values {
	const char *ks, *mirror;
	uint64_t wait_s;
	bool json, no_duplicates;
};

static const struct opt opts[] = {
	{ "--ks", 0, OPT_STR, offsetof(struct values, ks), "FILE|URL",
	  "the kickstart file with the network lines" },
	{ "--mirror", 0, OPT_STR, offsetof(struct values, mirror), "URL",
	  "a server that must take connections" },
	{ "--wait", 0, OPT_U64, offsetof(struct values, wait_s), "SECONDS", "for the gateway (5)" },
	{ "--no-duplicates", 0, OPT_FLAG, offsetof(struct values, no_duplicates), NULL,
	  "do not ask who else has the address, which takes 4 s" },
	{ "--json", 0, OPT_FLAG, offsetof(struct values, json), NULL, "print data instead of text" },
	{ 0 },
};

static int verify(const struct net_plan *plan, const struct values *v, struct err *err)
{
	struct net_verify_opts verify = { .mirror = v->mirror,
					  .wait_s = (unsigned)v->wait_s,
					  .no_duplicates = v->no_duplicates };
	struct net_findings found = { 0 };
	auto_buf b = { 0 };
	int r = 0;

	net_verify(plan, &verify, &found);
	if (v->json) {
		auto_json *j = net_findings_json(&found);

		json_pretty(j, &b);
	} else {
		net_findings_print(&found, NET_FINDINGS_ALL, &b);
	}
	fputs(buf_str(&b), stdout);
	if (found.n_bad)
		r = err_set(err, ERR_MACHINE, "%zu of %zu checks failed", found.n_bad, found.n);
	net_findings_clear(&found);
	return r;
}

static int run(void *arg, struct argv *args, struct err *err)
{
	const struct values *v = arg;
	struct bridge_ks net = { 0 };
	int r;

	(void)args;
	if (v->wait_s > 3600)
		return err_set(err, ERR_USAGE, "--wait: at most an hour, 3600 s");
	r = bridge_ks_plan(cmd_bridge_verify.name, v->ks, NULL, &net, err);
	if (!r)
		r = verify(&net.plan, v, err);
	bridge_ks_clear(&net);
	return r;
}

const struct command cmd_bridge_verify = {
	.name = "bridge verify",
	.args = "",
	.summary = "Is the network what a kickstart file wants, and does it work?",
	.opts = opts,
	.values_size = sizeof(struct values),
	.run = run,
};
