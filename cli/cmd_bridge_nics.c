#include "base/util.h"
#include "cli/cli.h"
#include "netbridge/nics.h"

#define WAIT_S 35 /* switches speak every 30 s */

struct values {
	const char *wait;
	bool json;
};

static const struct opt opts[] = {
	{ "--wait", 0, OPT_STR, offsetof(struct values, wait), "SECONDS",
	  "for the switches to speak (35; 0: not at all)" },
	{ "--json", 0, OPT_FLAG, offsetof(struct values, json), NULL, "print data instead of text" },
	{ 0 },
};

static void print(const struct facts *facts, const struct net_lldp_listener *l, bool json)
{
	auto_buf b = { 0 };

	if (json) {
		auto_json *j = net_nics_json(facts, l);

		json_pretty(j, &b);
	} else {
		net_nics_print(facts, l, &b);
	}
	fputs(buf_str(&b), stdout);
}

static int run(void *arg, struct argv *args, struct err *err)
{
	const struct values *v = arg;
	struct net_lldp_listener *l = NULL;
	struct facts facts = { 0 };
	uint64_t wait_s = WAIT_S;
	int r;

	(void)args;
	if (v->wait && (!str_u64(v->wait, &wait_s) || wait_s > 3600))
		return err_set(err, ERR_USAGE, "--wait: seconds, at most an hour, 3600");
	r = net_nics_listen((unsigned)wait_s, &facts, &l, err);
	if (!r)
		print(&facts, l, v->json);
	net_lldp_close(l);
	facts_clear(&facts);
	return r;
}

const struct command cmd_bridge_nics = {
	.name = "bridge nics",
	.args = "",
	.summary = "This machine's ports, and the switch and port at the other end of each cable (LLDP)",
	.opts = opts,
	.values_size = sizeof(struct values),
	.run = run,
};
